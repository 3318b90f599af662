import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type ItemKind, itemKindAt, ownerIn, userIndexKey, userKey } from '../../lib/table/keys.ts';
import type { Key, RawItem } from '../../lib/table/send.ts';
import { slices } from '../bulk.ts';

type Item = RawItem & Key;

/** What it takes to make an item what it was. */
export type Difference =
  | { kind: ItemKind; key: Key; put: Item; is_new: boolean }
  | { kind: ItemKind; key: Key; put?: never };

/** Most keys of one BatchGetItem. */
const KEYS_A_BATCH = 100;

/**
 * What stays as it is now: ids are given once whatever happens, whoever was logged out stays logged out, and limits go on
 * counting. Snapshots are of another time, or not there any more.
 */
const KEPT: ReadonlySet<ItemKind> = new Set<ItemKind>([
  ...(['sequence', 'session', 'revoked_token', 'failed_logins', 'quota'] as const),
  ...(['snapshot', 'snapshot_claim'] as const),
]);

/** Two tables of one database: the one that is in use, and what another moment of it was restored into. */
export interface Tables {
  client: DynamoDBClient;
  table: string;
  beside: string;
}

/** Everything in which the table differs from what it was, at the time (ms) of now; page by page, in no order. */
export async function* differences(
  { client, table, beside }: Tables,
  now: number,
): AsyncGenerator<Difference[]> {
  const documents = DynamoDBDocumentClient.from(client);
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName: beside })) {
    const items = (Items as Item[]).filter((item) => restoredKind(item));
    const current = await readItems(documents, table, items);
    yield items.flatMap((was) => {
      const kind = restoredKind(was);
      const is = current.get(nameOf(was));
      const put = kind && asWas(kind, was, is, now);
      return put ? [{ kind, key: keyOf(was), put, is_new: is === undefined }] : [];
    });
  }
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName: table })) {
    yield await superfluous(documents, beside, Items as Item[]);
  }
}

const restoredKind = (item: Item) => {
  const kind = itemKindAt(item);
  return kind && !KEPT.has(kind) ? kind : undefined;
};

/** Items that came later: those of kinds that are restored, and whatever belongs to somebody who came later. */
async function superfluous(
  documents: DynamoDBDocumentClient,
  beside: string,
  items: readonly Item[],
): Promise<Difference[]> {
  const owner = ({ PK }: Item) => userKey(ownerIn(PK));
  const kept = items.filter((item) => !restoredKind(item) && item.PK.startsWith(userKey('').PK));
  const restored = items.filter((item) => restoredKind(item));
  const there = await readItems(documents, beside, [...restored, ...kept.map(owner)]);
  const gone = [
    ...restored.filter((item) => !there.has(nameOf(item))),
    ...kept.filter((item) => !there.has(nameOf(owner(item)))),
  ];
  return gone.flatMap((item) => {
    const kind = itemKindAt(item);
    return kind ? [{ kind, key: keyOf(item) }] : [];
  });
}

/**
 * What an item that was has to be now; nothing where it is that already. Epochs are never set back, for that would let
 * tokens in that were refused since; and a user is stamped anew, for the directory reads changes by their stamps.
 */
function asWas(kind: ItemKind, was: Item, is: Item | undefined, now: number): Item | undefined {
  const epoch = Math.max(Number(was.epoch ?? 0), Number(is?.epoch ?? 0));
  const item: Item = { ...was, ...((kind === 'user' || was.epoch !== undefined || epoch > 0) && { epoch }) };
  if (kind !== 'user') return isDeepStrictEqual(item, is) ? undefined : item;
  const stamps = { updated_at: is?.updated_at, GSI1SK: is?.GSI1SK };
  if (is && isDeepStrictEqual({ ...item, ...stamps }, { epoch: 0, ...is })) return undefined;
  const updated_at = Math.max(now, Number(is?.updated_at ?? 0) + 1);
  return { ...item, updated_at, ...userIndexKey(Number(was.id), updated_at) };
}

/** The items of the given keys that a table has, by their keys; repeated keys are asked for once. */
async function readItems(
  documents: DynamoDBDocumentClient,
  table: string,
  wanted: readonly Key[],
): Promise<Map<string, Item>> {
  const keys = new Map(wanted.map((item) => [nameOf(item), keyOf(item)]));
  const found: Item[] = [];
  for (const slice of slices([...keys.values()], KEYS_A_BATCH)) {
    let missing: Key[] = slice;
    while (missing.length > 0) {
      const { Responses, UnprocessedKeys } = await documents.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: missing, ConsistentRead: true } } }),
      );
      found.push(...((Responses?.[table] ?? []) as Item[]));
      missing = (UnprocessedKeys?.[table]?.Keys ?? []) as Key[];
    }
  }
  return new Map(found.map((item) => [nameOf(item), item]));
}

const keyOf = ({ PK, SK }: Key): Key => ({ PK, SK });
const nameOf = ({ PK, SK }: Key) => JSON.stringify([PK, SK]);
