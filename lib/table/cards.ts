import type * as v from 'valibot';
import { parseItems } from './items.ts';
import { changesSince, directoryPartitions } from './keys.ts';
import { queryPages } from './read.ts';
import { CardItem } from './userItem.ts';

/** What the directory knows of a user: what a list may show, search or order by. Times in milliseconds. */
export type Card = v.InferOutput<typeof CardItem>;

/** How many feeds there are: one a shard, numbered from 0. */
export const feedCount = directoryPartitions.length;

/** About as many cards as one answer of DynamoDB holds; an emulator would otherwise look at all of them each time. */
const PAGE = 4000;

/** All cards of a shard that changed at or after `since` (ms), page by page, oldest change first. */
export async function* readFeed(shard: number, since: number): AsyncGenerator<Card[]> {
  const pages = queryPages({
    IndexName: 'GSI1',
    ProjectionExpression: Object.keys(CardItem.entries).join(', '),
    Limit: PAGE,
    KeyConditionExpression: 'GSI1PK = :shard AND GSI1SK >= :since',
    ExpressionAttributeValues: { ':shard': directoryPartitions[shard], ':since': changesSince(since) },
  });
  for await (const items of pages) yield parseItems(CardItem, 'directory card', items);
}
