import * as v from 'valibot';
import { type Caller, isCallers, parseItem } from './items.ts';
import { accountKey, followerStripeKey } from './keys.ts';
import type { RawItem } from './send.ts';

const count = v.optional(v.number(), 0);

export const CountsItem = v.object({
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
 * The write that changes how many users the follower follows. Refused when the follower's account is another one by
 * now, or takes the token no longer.
 */
export function countFollowing(follower: Caller, difference: number) {
  const { condition, values } = isCallers(follower);
  return {
    Update: {
      Key: accountKey(follower.username),
      UpdateExpression: 'ADD following_count :difference',
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':difference': difference, ...values },
    },
  };
}

/** The write that changes how many followers the followed user has. */
export const countFollower = (follower: string, followed: string, difference: number) => ({
  Update: {
    Key: followerStripeKey(follower, followed),
    UpdateExpression: 'ADD followers_count :difference',
    ExpressionAttributeValues: { ':difference': difference },
  },
});
