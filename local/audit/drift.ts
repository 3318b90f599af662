import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  accountKey,
  countersOf,
  followerIn,
  followerStripeKey,
  followersPartition,
  followsOf,
} from '../../lib/table/keys.ts';
import { projection, queryAll, queryPages, startingWith } from '../../lib/table/read.ts';
import type { RawItem } from '../../lib/table/send.ts';
import { transact, type Write } from '../../lib/table/write.ts';

/** The two counts that edges make. */
export type EdgeCount = 'following_count' | 'followers_count';

/** So often a user is looked at whose edges change all the time. */
const ROUNDS = 30;

/** How many edges a stripe counts, and what tells them from any others. */
interface Counted {
  edges: number;
  digest: string;
}

/** What the stripes of a user say of a count, and the edges that there are, by stripe. */
interface Observation {
  counts: Map<string, number>;
  edges: Map<string, Counted>;
}

/**
 * The count as the stripes have it and as the edges make it, at about the same time: to be relied on at most where
 * `is_still` says that the stripes have not changed meanwhile, for else one may hide what is wrong with the other.
 */
export async function compareCount(username: string, count: EdgeCount) {
  const { counts, edges } = await observe(username, count);
  const after = await readCounts(username, count);
  return {
    counted: sumOf(counts),
    edges: [...edges.values()].reduce((sum, one) => sum + one.edges, 0),
    is_still: isDeepStrictEqual(counts, after),
  };
}

/**
 * By how much each stripe of a count is above the edges that it counts, exactly, while people follow and unfollow;
 * `undefined` when they do so too fast to tell. An edge moves with its stripe, so that the difference stays what it is,
 * whatever goes on: it can be read off any `settling` milliseconds in which nothing of the stripe has changed, of its own for each.
 */
export async function measureDrift(
  username: string,
  count: EdgeCount,
  settling: number,
): Promise<Map<string, number> | undefined> {
  const drift = new Map<string, number>();
  let before = await observe(username, count);
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(settling);
    const after = await observe(username, count);
    const stripes = [before, after].flatMap(({ counts, edges }) => [...counts.keys(), ...edges.keys()]);
    for (const stripe of stripes) {
      const is_still =
        before.counts.get(stripe) === after.counts.get(stripe) &&
        before.edges.get(stripe)?.digest === after.edges.get(stripe)?.digest;
      const above = (after.counts.get(stripe) ?? 0) - (after.edges.get(stripe)?.edges ?? 0);
      if (is_still) drift.set(stripe, above);
    }
    if (stripes.every((stripe) => drift.has(stripe))) return drift;
    before = after;
  }
  return undefined;
}

/** How far the count of a user is above its edges: the sum over all stripes, which alone has a meaning. */
export const sumOf = (drift: ReadonlyMap<string, number>) =>
  [...drift.values()].reduce((sum, one) => sum + one, 0);

/** Takes the drift away, while people follow and unfollow. `false` when the account is gone. */
export async function repairCount(
  { id, username }: { id: number; username: string },
  count: EdgeCount,
  drift: ReadonlyMap<string, number>,
): Promise<boolean> {
  const account = accountKey(username);
  const moves = new Map([[account.SK, 0], ...drift]);
  const writes = [...moves].filter(([SK, above]) => above !== 0 || SK === account.SK);
  const { done } = await transact<string>(
    Object.fromEntries(
      writes.map(([SK, above]): [string, Write] => [
        SK,
        {
          Update: {
            Key: { PK: account.PK, SK },
            UpdateExpression: 'ADD #count :difference',
            ExpressionAttributeNames: { '#count': count },
            ExpressionAttributeValues: { ':difference': -above, ...(SK === account.SK && { ':id': id }) },
            ...(SK === account.SK && { ConditionExpression: 'id = :id' }),
          },
        },
      ]),
    ),
  );
  return done;
}

/** The counts first: an edge that comes in between is one that the next look finds changed. */
async function observe(username: string, count: EdgeCount): Promise<Observation> {
  const counts = await readCounts(username, count);
  return { counts, edges: await (count === 'followers_count' ? readFollowers : readFollowed)(username) };
}

async function readCounts(username: string, count: EdgeCount): Promise<Map<string, number>> {
  const stripes = await queryAll({
    ...startingWith(countersOf(username)),
    ...projection(['SK', count]),
    ConsistentRead: true,
  });
  return new Map(stripes.map((stripe) => [String(stripe.SK), Number(stripe[count] ?? 0)]));
}

const readFollowers = (username: string) =>
  countEdges(
    {
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :followed',
      ExpressionAttributeValues: { ':followed': followersPartition(username) },
    },
    ({ GSI1SK }) => followerStripeKey(followerIn(String(GSI1SK)), username).SK,
  );

function readFollowed(username: string) {
  return countEdges(
    { ...startingWith(followsOf(username)), ConsistentRead: true },
    () => accountKey(username).SK,
  );
}

/** The edges that a query finds, page by page, by the stripe that counts them; ids tell an edge from a later one. */
async function countEdges(
  query: Parameters<typeof queryPages>[0],
  stripeOf: (edge: RawItem) => string,
): Promise<Map<string, Counted>> {
  const found = new Map<string, { edges: number; hash: ReturnType<typeof createHash> }>();
  for await (const page of queryPages({ ...query, ...projection(['SK', 'GSI1SK', 'id']) })) {
    for (const edge of page) {
      const stripe = stripeOf(edge);
      const counted = found.get(stripe) ?? { edges: 0, hash: createHash('sha1') };
      counted.edges++;
      counted.hash.update(`${edge.id} `);
      found.set(stripe, counted);
    }
  }
  return new Map(
    [...found].map(([stripe, { edges, hash }]) => [stripe, { edges, digest: hash.digest('hex') }]),
  );
}
