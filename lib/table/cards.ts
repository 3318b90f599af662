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

const RemovalItem = v.pick(ProjectedUser, ['id', 'updated_at']);

/** In the place of a card: since its stamp, the user of that id is out of sight. It has no username, as every card has. */
export type Removal = v.InferOutput<typeof RemovalItem>;

/** What stands in the feed. Of a card and a removal of one id the one with the later stamp holds. */
export type FeedEntry = Card | Removal;

export const isRemoval = (entry: FeedEntry): entry is Removal => !('username' in entry);

/** How many feeds there are: one a shard, numbered from 0. */
export const feedCount = directoryPartitions.length;

/** About as many cards as one answer of DynamoDB holds; an emulator would otherwise look at all of them each time. */
const PAGE = 4000;

/** What one query of a feed brings. */
export interface FeedPage {
  cards: FeedEntry[];
  /** Ids of the items that are neither cards nor removals. */
  damaged: number[];
  /** The time (ms) under which the last of them all stands in the feed; `undefined` when there are none. */
  read_to: number | undefined;
  /** Nothing comes after it. */
  is_last: boolean;
  /** What it has cost. */
  read_units: number;
}

/**
 * All cards of a shard that changed, or were removed, at or after `since` (ms), page by page, oldest change first, with at most so many
 * cards to a page. Nothing is read that is not asked for: who leaves the loop pays for no further page.
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
    const parsed = items.map((item) => v.safeParse('username' in item ? CardItem : RemovalItem, item));
    yield {
      cards: parsed.flatMap(({ success, output }) => (success ? [output] : [])),
      damaged: places.flatMap(({ id }, n) => (parsed[n]?.success ? [] : [id])),
      read_to: places.at(-1)?.time,
      is_last: next === undefined,
      read_units,
    };
    start = next;
  } while (start);
}
