import { countFollower, countFollowing } from '../lib/table/counters.ts';
import { type Follow, newEdge } from '../lib/table/follows.ts';
import type { Caller } from '../lib/table/items.ts';
import { newUserWrites } from '../lib/table/users.ts';
import type { Write } from '../lib/table/write.ts';

/** Most writes of one transaction. */
const MOST_WRITES = 100;

/** A user is four writes. */
export const USERS_A_TRANSACTION = MOST_WRITES / 4;

/** An edge is two at most, one follower's account one more. */
export const EDGES_A_TRANSACTION = (MOST_WRITES - 1) >> 1;

/** How many transactions are under way at once. */
export const AT_ONCE = 4;

/** Everything that creates those users, for one transaction; `counts` as {@link newUserWrites} takes them. */
export function usersWrites(users: readonly Parameters<typeof newUserWrites>[]): Record<string, Write> {
  const writes = users.flatMap(([user, counts]) =>
    Object.entries(newUserWrites(user, counts)).map(([name, write]) => [`${user.username} ${name}`, write]),
  );
  return Object.fromEntries(writes);
}

/** Edges of one follower with their counts on both sides, for one transaction. Each followed user once. */
export function edgesWrites(follower: Caller, edges: readonly Follow[]): Record<string, Write> {
  const writes = edges.flatMap((edge): [string, Write][] => [
    [`edge ${edge.following}`, newEdge(follower, edge)],
    [`count ${edge.following}`, countFollower(follower.username, edge.following_username, 1)],
  ]);
  return Object.fromEntries([['account', countFollowing(follower, edges.length)], ...writes]);
}

/** The entries in slices of at most that size. */
export function slices<T>(entries: readonly T[], size: number): T[][] {
  const starts = Array.from({ length: Math.ceil(entries.length / size) }, (_, n) => n * size);
  return starts.map((start) => entries.slice(start, start + size));
}
