import * as v from 'valibot';
import { changeIn, changesSince, directoryPartitions } from './keys.ts';
import { queryPage } from './read.ts';
import type { RawItem } from './send.ts';
import { ProjectedUser } from './userItem.ts';

/** Most bytes of an avatar that the directory keeps: those of ordinary people. */
const LONGEST_AVATAR = 256;

/** Stands in a card for an avatar that is longer, which `readAvatars` reads where it is shown. */
export const LONG_AVATAR = '';

const CardAvatar = v.pipe(
  v.nullable(v.string()),
  v.transform((avatar) => (avatar && Buffer.byteLength(avatar) > LONGEST_AVATAR ? LONG_AVATAR : avatar)),
);

export const CardItem = v.object({ ...ProjectedUser.entries, avatar: CardAvatar });

/** What the directory knows of a user: what a list may show, search or order by. Times in milliseconds. */
export type Card = v.InferOutput<typeof CardItem>;

/** Somebody who is gone: what is left in the feed instead of a card has an id and a stamp, and no name. */
const RemovedItem = v.object({ id: v.number(), updated_at: v.number(), username: v.optional(v.undefined()) });

export type Removed = Pick<Card, 'id' | 'updated_at'>;

/** What a feed tells: how somebody is now, or that they are gone. */
export type Change = Card | Removed;

export const isCard = (change: Change): change is Card => 'username' in change;

const ChangeItem = v.union([
  CardItem,
  v.pipe(
    RemovedItem,
    v.transform(({ id, updated_at }): Removed => ({ id, updated_at })),
  ),
]);

/** How many feeds there are: one a shard, numbered from 0. */
export const feedCount = directoryPartitions.length;

/** About as many cards as one answer of DynamoDB holds; an emulator would otherwise look at all of them each time. */
const PAGE = 4000;

/** What one query of a feed brings. */
export interface FeedPage {
  changes: Change[];
  /** Ids of the items that are no cards, and not what is left of one. */
  damaged: number[];
  /** The time (ms) under which the last of them all stands in the feed; `undefined` when there are none. */
  read_to: number | undefined;
  /** Nothing comes after it. */
  is_last: boolean;
  /** What it has cost. */
  read_units: number;
}

/**
 * All changes of a shard at or after `since` (ms), page by page, the oldest first, with at most so many to a page. Nothing is read that is not asked for: who leaves the loop pays for no further page.
 */
export async function* readFeed(shard: number, since: number, page_size = PAGE): AsyncGenerator<FeedPage> {
  let start: RawItem | undefined;
  do {
    const { items, next, read_units } = await queryPage({
      IndexName: 'GSI1',
      ProjectionExpression: ['GSI1SK', ...Object.keys(CardItem.entries)].join(', '),
      Limit: Math.min(page_size, PAGE),
      KeyConditionExpression: 'GSI1PK = :shard AND GSI1SK >= :since',
      ExpressionAttributeValues: { ':shard': directoryPartitions[shard], ':since': changesSince(since) },
      ...(start && { ExclusiveStartKey: start }),
    });
    const places = items.map(({ GSI1SK }) => changeIn(String(GSI1SK)));
    const parsed = items.map((item) => v.safeParse(ChangeItem, item));
    yield {
      changes: parsed.flatMap(({ success, output }) => (success ? [output] : [])),
      damaged: places.flatMap(({ id }, n) => (parsed[n]?.success ? [] : [id])),
      read_to: places.at(-1)?.time,
      is_last: next === undefined,
      read_units,
    };
    start = next;
  } while (start);
}
