import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';

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
