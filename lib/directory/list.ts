import * as v from 'valibot';
import { requireAccount } from '../auth/identity.ts';
import { config } from '../config.ts';
import { readHidden } from '../social/visibility.ts';
import { LONG_AVATAR } from '../table/cards.ts';
import { readFollowed } from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import { readAvatars } from '../table/users.ts';
import { fitPage } from '../users/pages.ts';
import { Count, ListedUser, Size } from '../users/views.ts';
import { openDirectory, type UserDirectory } from './engine.ts';
import type { DirectoryQuery } from './query.ts';

/** Where a batch stands among all matches. */
export const BatchInfo = v.object({
  current_batch: Count,
  batch_size: Size,
  total_users: Count,
  total_batches: Count,
  users_in_current_batch: Size,
});

/** The answer of the user list. */
export const UserBatch = v.object({
  message: v.string(),
  users: v.array(ListedUser),
  batch_info: BatchInfo,
});

/** The directory of this instance. */
const instanceDirectory = openDirectory();

/** Settled once this instance may be given its first request: those that are provisioned load before. */
export const isReady =
  config.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency'
    ? instanceDirectory.loadAhead()
    : undefined;

/**
 * One batch of the users that match, with exact totals, as the caller may see them. Avatars that are too long for the
 * directory are read with it, side by side with whom the caller follows. Every registration, removal and profile
 * change that was answered before is in it. Whether the caller's token is still taken is asked of the table. Of the
 * caller and whom a block stands between, neither is in the other's batches or totals: the directory is asked without
 * their ids, which are read while it is brought up to date.
 */
export async function listUsers(
  query: DirectoryQuery,
  caller: Caller | undefined,
  directory: UserDirectory = instanceDirectory,
) {
  const account = caller && requireAccount(caller);
  const left_out = account?.then(readHidden).then(({ ids }) => ids);
  const [{ total, cards }, viewer] = await Promise.all([directory.find(query, left_out), account]);
  const names = cards.map(({ username }) => username);
  const kept_out = cards.filter(({ avatar }) => avatar === LONG_AVATAR).map(({ username }) => username);
  const [followed, avatars] = await Promise.all([
    viewer ? readFollowed(viewer, names) : new Set<string>(),
    readAvatars(kept_out),
  ]);
  const users = cards.map((card) => {
    const name = card.username.toLowerCase();
    const avatar = card.avatar === LONG_AVATAR ? (avatars.get(name) ?? null) : card.avatar;
    return { ...card, avatar, is_following: followed.has(name) };
  });
  return {
    message: 'Users retrieved successfully',
    users: fitPage(users),
    batch_info: {
      current_batch: query.batch_number,
      batch_size: query.batch_size,
      total_users: total,
      total_batches: Math.ceil(total / query.batch_size),
      users_in_current_batch: cards.length,
    },
  };
}
