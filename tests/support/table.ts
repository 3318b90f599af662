import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import type { Identity } from '../../lib/table/items.ts';
import { accountKey, emailKey, userIdKey, userIndexKey, userKey } from '../../lib/table/keys.ts';

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

/** What is left in the directory's feed of somebody who is gone. */
const removedKey = (id: number) => ({ PK: `REMOVED#${id}`, SK: 'REMOVED' });

/** Leaves of a user in the directory's feed that they are gone, and nothing else. */
export async function removeCard({ id, username }: Identity, updated_at: number): Promise<void> {
  await documents.send(
    new UpdateCommand({ TableName, Key: userKey(username), UpdateExpression: 'REMOVE GSI1PK, GSI1SK' }),
  );
  await writeItem({ ...removedKey(id), ...userIndexKey(id, updated_at), id, updated_at });
}

/** Brings back whom {@link removeCard} removed. */
export async function restoreCard({ id, username }: Identity, updated_at: number): Promise<void> {
  const profile = await readItem(userKey(username));
  await writeItem({ ...profile, ...userKey(username), ...userIndexKey(id, updated_at), updated_at });
  await documents.send(new DeleteCommand({ TableName, Key: removedKey(id) }));
}
