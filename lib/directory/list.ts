import * as v from 'valibot';
import { requireAccount } from '../auth/identity.ts';
import { readFollowed } from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import { Count, ListedUser } from '../users/views.ts';
import { Directory } from './directory.ts';
import type { DirectoryQuery } from './query.ts';

/** The answer of the user list. */
export const UserBatch = v.object({
  message: v.string(),
  users: v.array(ListedUser),
  batch_info: v.object({
    current_batch: Count,
    batch_size: Count,
    total_users: Count,
    total_batches: Count,
    users_in_current_batch: Count,
  }),
});

/** The directory of this instance. */
const instanceDirectory = new Directory();

/**
 * One batch of the users that match, with exact totals, as the caller may see them. Every registration and profile
 * change that was answered before is in it. Whether the caller still has an account is asked of the table: a replica
 * hears of changes only, never that somebody is gone.
 */
export async function listUsers(
  query: DirectoryQuery,
  caller: Caller | undefined,
  directory = instanceDirectory,
) {
  const [{ total, cards }, viewer] = await Promise.all([
    directory.find(query),
    caller && requireAccount(caller),
  ]);
  const names = cards.map(({ username }) => username);
  const followed = viewer ? await readFollowed(viewer, names) : new Set<string>();
  return {
    message: 'Users retrieved successfully',
    users: cards.map((card) => ({ ...card, is_following: followed.has(card.username.toLowerCase()) })),
    batch_info: {
      current_batch: query.batch_number,
      batch_size: query.batch_size,
      total_users: total,
      total_batches: Math.ceil(total / query.batch_size),
      users_in_current_batch: cards.length,
    },
  };
}
