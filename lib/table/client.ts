import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { config } from '../config.ts';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { type Attempt, retrying } from './backoff.ts';
import { measure } from './meter.ts';

/** The primary key of an item; see keys.ts. */
export interface Key {
  PK: string;
  SK: string;
}

/** An item as it was read, not yet parsed. */
export type RawItem = Record<string, unknown>;

/** Reads cost double when they must see every write that was answered before; guards do. */
export interface ReadOptions {
  consistent?: boolean;
}

const BATCH_LIMIT = 100;

export const TableName = config.TABLE_NAME;

const client = new DynamoDBClient({
  ...(config.DYNAMODB_ENDPOINT ? { endpoint: config.DYNAMODB_ENDPOINT } : {}),
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: 2000,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: 256 },
    httpsAgent: { maxSockets: 256 },
  },
});

/** The document client of this instance. Send through the functions below, or through transaction.ts. */
export const documents = DynamoDBDocumentClient.from(client);

/** One item, or `undefined` when there is none. */
export async function getItem(
  key: Key,
  { consistent = false }: ReadOptions = {},
): Promise<RawItem | undefined> {
  const input: GetCommandInput = { TableName, Key: key, ConsistentRead: consistent };
  const command = new GetCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' });
  const { Item } = await measure('read', () => documents.send(command, deadline())).catch(translateFailure);
  return Item;
}

/**
 * The items of the given keys, in no order; keys without an item are left out. Any number of keys; repeated keys
 * are not allowed. Asks again for what the database leaves unprocessed.
 */
export async function getItems(
  keys: readonly Key[],
  { consistent = false }: ReadOptions = {},
): Promise<RawItem[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / BATCH_LIMIT) }, (_, n) =>
    keys.slice(n * BATCH_LIMIT, (n + 1) * BATCH_LIMIT),
  );
  const found = await Promise.all(chunks.map((chunk) => getChunk(chunk, consistent)));
  return found.flat();
}

async function getChunk(keys: readonly Key[], consistent: boolean): Promise<RawItem[]> {
  const items: RawItem[] = [];
  let missing: readonly Key[] = keys;
  return retrying(async () => {
    const RequestItems = { [TableName]: { Keys: [...missing], ConsistentRead: consistent } };
    const command = new BatchGetCommand({ RequestItems, ReturnConsumedCapacity: 'TOTAL' });
    const { Responses, UnprocessedKeys } = await measure('read', () =>
      documents.send(command, deadline()),
    ).catch(translateFailure);
    items.push(...(Responses?.[TableName] ?? []));
    missing = (UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[];
    if (missing.length > 0) return { again: new Error('The database left keys unprocessed.') };
    return { value: items };
  });
}

/** One page of a query: at most `Limit` items, or what fits into one answer, and where the next page starts. */
export async function queryPage(
  query: Omit<QueryCommandInput, 'TableName'>,
): Promise<{ items: RawItem[]; next: RawItem | undefined }> {
  const command = new QueryCommand({ TableName, ...query, ReturnConsumedCapacity: 'TOTAL' });
  const { Items = [], LastEvaluatedKey } = await measure('read', () =>
    documents.send(command, deadline()),
  ).catch(translateFailure);
  return { items: Items, next: LastEvaluatedKey };
}

/** Pages of a query, one after the other, until the last. */
export async function* queryPages(query: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<RawItem[]> {
  let start: RawItem | undefined;
  do {
    const page = await queryPage({ ...query, ...(start ? { ExclusiveStartKey: start } : {}) });
    yield page.items;
    start = page.next;
  } while (start);
}

/** Writes one item whole. A failed condition throws; see {@link isConditionFailure}. */
export async function putItem(put: Omit<PutCommandInput, 'TableName'>): Promise<void> {
  const command = new PutCommand({ TableName, ...put, ReturnConsumedCapacity: 'TOTAL' });
  await measure('write', () => documents.send(command)).catch(translateFailure);
}

/**
 * Updates one item and returns the attributes that `ReturnValues` asks for. Where a transaction has the item at the
 * moment, tries again with jitter. An update whose answer was lost is sent again, so it must bear being carried out
 * twice. A failed condition throws `ConditionalCheckFailedException`; see {@link isConditionFailure}.
 */
export async function updateItem(update: Omit<UpdateCommandInput, 'TableName'>): Promise<RawItem> {
  const command = new UpdateCommand({ TableName, ...update, ReturnConsumedCapacity: 'TOTAL' });
  return retrying(() =>
    measure('write', () => documents.send(command, deadline())).then(
      ({ Attributes = {} }): Attempt<RawItem> => ({ value: Attributes }),
      (error) => (error instanceof TransactionConflictException ? { again: error } : translateFailure(error)),
    ),
  );
}

/** Whether a write was refused because its condition did not hold. */
export function isConditionFailure(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}

/** The item on which a condition failed, where the write asked for it (`ReturnValuesOnConditionCheckFailure`). */
export function refusingItem({ Item }: ConditionalCheckFailedException): RawItem | undefined {
  return Item && unmarshall(Item);
}
