import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { accountKey, userKey } from '../../lib/table/keys.ts';

/** The table of this run, seen past the service. */
const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT as string }),
);
const TableName = process.env.TABLE_NAME as string;

type Key = { PK: string; SK: string };

export async function readItem(Key: Key) {
  return (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
}

export async function writeItem(Item: Record<string, unknown>) {
  await documents.send(new PutCommand({ TableName, Item }));
}

/** Every item of the table. */
export async function scanItems(): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const pages = paginateScan({ client: documents }, { TableName, ConsistentRead: true });
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

/** Removes an account as an operator would: the profile, and the stripe that says to whom the name belongs. */
export async function removeAccount(username: string) {
  for (const Key of [userKey(username), accountKey(username)]) {
    await documents.send(new DeleteCommand({ TableName, Key }));
  }
}
