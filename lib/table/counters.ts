import * as v from 'valibot';
import { type Caller, isCallers, parseItem } from './items.ts';
import { accountKey, followerStripeKey } from './keys.ts';
import type { Key, RawItem } from './send.ts';
import type { Parts } from './windows.ts';
import type { Write } from './write.ts';

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
 * The write that changes how many users the follower follows. Refused, by the account as it is, when the account is
 * another one by now, or takes the token no longer, and when a condition of `parts` does not hold.
 */
export function countFollowing(follower: Caller, difference: number, ...parts: Parts[]) {
  const own = isCallers(follower);
  const set = parts.flatMap((part) => part.set);
  return {
    Update: {
      Key: accountKey(follower.username),
      UpdateExpression: `ADD following_count :difference${set.length > 0 ? ` SET ${set.join(', ')}` : ''}`,
      ConditionExpression: [own.condition, ...parts.flatMap(({ conditions }) => conditions)].join(' AND '),
      ExpressionAttributeValues: Object.assign(
        { ':difference': difference, ...own.values },
        ...parts.map(({ values }) => values),
      ),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
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

/** Counts that change in one item, and what must hold of it. */
export interface Move {
  Key: Key;
  /** By how much each count changes, at least one of them; by nothing where only the condition matters. */
  counts: Record<string, number>;
  condition?: string;
  values?: Record<string, unknown>;
}

/**
 * The writes of all moves under their names. A transaction takes one write of an item: moves that meet in one are one
 * write, under the name, and with the condition, of the first of them.
 */
export function moveCounts(moves: Record<string, Move>): Record<string, Write> {
  const met = new Map<string, [string, Move]>();
  for (const [name, move] of Object.entries(moves)) {
    const place = `${move.Key.PK} ${move.Key.SK}`;
    const [first, before] = met.get(place) ?? [name, { ...move, counts: {} }];
    met.set(place, [first, { ...before, counts: sumOf(before.counts, move.counts) }]);
  }
  return Object.fromEntries([...met.values()].map(([name, move]) => [name, updateOf(move)]));
}

function sumOf(counts: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const sum = { ...counts };
  for (const [name, difference] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + difference;
  return sum;
}

function updateOf({ Key, counts, condition, values }: Move): Write {
  const differences = Object.entries(counts).map(([name, difference]) => [`:${name}`, difference]);
  return {
    Update: {
      Key,
      UpdateExpression: `ADD ${Object.keys(counts)
        .map((name) => `${name} :${name}`)
        .join(', ')}`,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ExpressionAttributeValues: { ...values, ...Object.fromEntries(differences) },
    },
  };
}
