import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { accountKey, emailKey, userIdKey, userKey } from '../../lib/table/keys.ts';

/** The table of this run, seen past the service and past any proxy between it and the database. */
const documents = connect(inject('database'));
const TableName = process.env.TABLE_NAME as string;

export function connect(endpoint: string): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }));
}

type Key = { PK: string; SK: string };

// biome-ignore lint/suspicious/noExplicitAny: items are read past the parsers that would type them
export type Item = Record<string, any>;

export async function readItem(Key: Key): Promise<Item | undefined> {
  return (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
}

export async function writeItem(Item: Item): Promise<void> {
  await documents.send(new PutCommand({ TableName, Item }));
}

/** Every item of the table, or of one elsewhere. */
export async function scanItems(name = TableName, client = documents): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

/** Deletes an account as docs/operations.md tells an operator to: the service itself deletes none. */
export async function deleteAccount(user: { id: number; username: string; email: string }): Promise<void> {
  const { id, username, email } = user;
  const keys = [accountKey(username), userKey(username), userIdKey(id), emailKey(email)];
  const deletions = keys.map((Key) => ({ DeleteRequest: { Key } }));
  await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: deletions } }));
}
