import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { retrying } from './retry.ts';
import { type Key, type RawItem, send, sendRead, TableName } from './send.ts';

/** Reads cost double when they must see every write that was answered before; guards do. */
export interface ReadOptions {
  consistent?: boolean;
  /** The attributes to read; all of them unless said. What is left out costs units all the same. */
  attributes?: readonly string[];
}

/** Most keys that one BatchGetItem takes. */
const BATCH_LIMIT = 100;

/** One item, or `undefined` when there is none. */
export async function getItem(
  key: Key,
  { consistent = false, attributes }: ReadOptions = {},
): Promise<RawItem | undefined> {
  const wanted = { Key: key, ConsistentRead: consistent, ...projection(attributes) };
  return (
    await sendRead('GetItem', new GetCommand({ TableName, ...wanted, ReturnConsumedCapacity: 'TOTAL' }))
  ).Item;
}

/**
 * The items of the given keys, in no order; keys without an item are left out. Any number of keys; repeated keys
 * are not allowed. Asks again for what the database leaves unprocessed.
 */
export async function getItems(keys: readonly Key[], options: ReadOptions = {}): Promise<RawItem[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH_LIMIT) }, (_, n) =>
    keys.slice(n * BATCH_LIMIT, (n + 1) * BATCH_LIMIT),
  );
  return (await Promise.all(batches.map((batch) => getBatch(batch, options)))).flat();
}

async function getBatch(keys: readonly Key[], { consistent = false, attributes }: ReadOptions) {
  const items: RawItem[] = [];
  let missing: readonly Key[] = keys;
  return retrying(async () => {
    const wanted = { Keys: [...missing], ConsistentRead: consistent, ...projection(attributes) };
    const { Responses, UnprocessedKeys } = await sendRead(
      'BatchGetItem',
      new BatchGetCommand({ RequestItems: { [TableName]: wanted }, ReturnConsumedCapacity: 'TOTAL' }),
    );
    items.push(...(Responses?.[TableName] ?? []));
    missing = (UnprocessedKeys?.[TableName]?.Keys ?? []) as Key[];
    if (missing.length > 0) return { again: new Error('The database left keys unprocessed.') };
    return { value: items };
  });
}

/** The part of a call that says which attributes to read. The roles of most functions let them read no others. */
export const projection = (attributes: readonly string[] | undefined) =>
  attributes && {
    ProjectionExpression: attributes.map((_, n) => `#${n}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, n) => [`#${n}`, name])),
  };

/** The part of a query that asks for the items of one partition whose sort keys begin alike. */
export const startingWith = ({ PK, prefix }: { PK: string; prefix: string }) => ({
  KeyConditionExpression: 'PK = :partition AND begins_with(SK, :prefix)',
  ExpressionAttributeValues: { ':partition': PK, ':prefix': prefix },
});

type Query = Omit<QueryCommandInput, 'TableName'>;

/** A page of a query, where the next one starts, and what it has cost. */
interface QueryPage {
  items: RawItem[];
  next: RawItem | undefined;
  read_units: number;
}

/** One page of a query: at most `Limit` items, or what fits into one answer. */
export async function queryPage(query: Query): Promise<QueryPage> {
  const command = new QueryCommand({ TableName, ...query, ReturnConsumedCapacity: 'TOTAL' });
  const { Items = [], LastEvaluatedKey, ConsumedCapacity } = await sendRead('Query', command);
  return { items: Items, next: LastEvaluatedKey, read_units: ConsumedCapacity?.CapacityUnits ?? 0 };
}

/** A page of the whole table, in the order that it keeps: for tools, no function reads that much. */
export async function scanPage(size: number, start: RawItem | undefined): Promise<QueryPage> {
  const command = new ScanCommand({
    TableName,
    Limit: size,
    ReturnConsumedCapacity: 'TOTAL',
    ...(start && { ExclusiveStartKey: start }),
  });
  const { Items = [], LastEvaluatedKey, ConsumedCapacity } = await send('read', command);
  return { items: Items, next: LastEvaluatedKey, read_units: ConsumedCapacity?.CapacityUnits ?? 0 };
}

/** Pages of a query, one after the other, until the last. */
export async function* queryPages(query: Query): AsyncGenerator<RawItem[]> {
  let start: RawItem | undefined;
  do {
    const page = await queryPage({ ...query, ...(start && { ExclusiveStartKey: start }) });
    yield page.items;
    start = page.next;
  } while (start);
}

/** Everything that a query finds, whatever number of pages it takes. */
export async function queryAll(query: Query): Promise<RawItem[]> {
  return (await Array.fromAsync(queryPages(query))).flat();
}
