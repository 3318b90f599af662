import { countFollower, countFollowing } from '../lib/table/counters.ts';
import { newEdge } from '../lib/table/follows.ts';
import { leaseIds } from '../lib/table/sequences.ts';
import { type Part, transact } from '../lib/table/write.ts';
import type { User } from '../lib/table/users.ts';
import type { Progress } from '../local/seed/progress.ts';

/** A transaction holds 100 writes: two for each fan, and at most 16 stripes. */
const FANS_A_TRANSACTION = 40;

/** Lets all of these users follow one, with exact counts on both sides, many at a time. */
export async function writeFans(star: User, fans: readonly User[], progress: Progress): Promise<void> {
  for (let from = 0; from < fans.length; from += FANS_A_TRANSACTION) {
    const chunk = fans.slice(from, from + FANS_A_TRANSACTION);
    await transact(await partsFor(star, chunk));
    progress.advance(chunk.length);
  }
}

async function partsFor(star: User, fans: readonly User[]): Promise<Record<string, Part>> {
  const first_id = await leaseIds('follow', fans.length);
  const parts = new Map<string, Part>();
  const stripes = new Map<string, { fan: string; count: number }>();
  fans.forEach((fan, position) => {
    const edge = {
      id: first_id + position,
      following: star.id,
      following_username: star.username,
      created_at: fan.created_at,
    };
    parts.set(`edge ${edge.id}`, newEdge(fan.username, edge));
    parts.set(`account ${edge.id}`, countFollowing(fan, 1));
    const stripe = countFollower(fan.username, star.username, 1).Update.Key.SK;
    stripes.set(stripe, { fan: fan.username, count: (stripes.get(stripe)?.count ?? 0) + 1 });
  });
  for (const [stripe, { fan, count }] of stripes) parts.set(stripe, countFollower(fan, star.username, count));
  return Object.fromEntries(parts);
}
