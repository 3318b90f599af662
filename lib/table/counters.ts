import * as v from 'valibot';
import type { RawItem } from './client.ts';
import { parseItem } from './items.ts';
import { accountKey, followerStripeKey } from './keys.ts';

const count = v.optional(v.number(), 0);

const CountsItem = v.object({
  posts_count: count,
  followers_count: count,
  following_count: count,
  likes_received: count,
  comments_received: count,
});

/** All counts that a user has; one stripe holds a part of each. */
export type Counts = v.InferOutput<typeof CountsItem>;

export const noCounts: Counts = v.parse(CountsItem, {});

export const parseCounts = (item: RawItem): Counts => parseItem(CountsItem, 'counter stripe', item);

/** What the stripes say together. */
export function sumCounts(stripes: readonly Counts[]): Counts {
  const sum = { ...noCounts };
  for (const stripe of stripes) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += stripe[name];
  }
  return sum;
}

/**
 * The part of a transaction that counts more or, below zero, fewer whom the follower follows; it fails when the
 * follower's name no longer belongs to the id.
 */
export const countFollowing = (follower: { id: number; username: string }, difference: number) => ({
  Update: {
    Key: accountKey(follower.username),
    UpdateExpression: 'ADD following_count :difference',
    ConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':difference': difference, ':id': follower.id },
  },
});

/** The part of a transaction that counts followers more or, below zero, fewer, on the stripe of the one named. */
export const countFollower = (followed: string, follower: string, difference: number) => ({
  Update: {
    Key: followerStripeKey(followed, follower),
    UpdateExpression: 'ADD followers_count :difference',
    ExpressionAttributeValues: { ':difference': difference },
  },
});
