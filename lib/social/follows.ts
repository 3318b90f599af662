import * as v from 'valibot';
import { requireAccount } from '../auth/identity.ts';
import { type Clock, toTimestamp } from '../clock.ts';
import { config } from '../config.ts';
import { ApiError } from '../problems.ts';
import {
  deleteFollow,
  deleteFollower,
  type Follow,
  type FollowOutcome,
  insertFollow,
} from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import type { Limit } from '../table/quotas.ts';
import type { Remember } from '../table/repetitions.ts';
import { leasedSequence } from '../table/sequences.ts';
import { readUsername } from '../table/users.ts';
import { Id, Timestamp } from '../users/views.ts';
import { absence } from './absence.ts';

/** The id of a user, as a request names it. */
export const UserId = v.pipe(
  v.number('This must be a number.'),
  v.safeInteger('This must be an integer up to 2^53-1.'),
  v.minValue(1, 'This must be positive.'),
);

/** Whom to follow: the id of a user. */
export const FollowRequest = v.object({ following: UserId });

/** A follow as the API shows it. */
export const FollowView = v.object({
  id: Id,
  follower: Id,
  following: Id,
  follower_username: v.string(),
  following_username: v.string(),
  created_at: Timestamp,
});

/** Ids of follows, taken from the table 20 at a time, so that the sequence does not cap the write rate. */
const nextFollowId = leasedSequence('follow', 20);

/** How many follows a caller may make, undone or not. */
const FOLLOWS: Limit = { times: config.FOLLOWS_PER_DAY, within: 24 * 60 * 60 };

/** Makes the caller follow the user of that id; the counts on both sides move with the edge or not at all. */
export async function follow(caller: Caller, following: number, clock: Clock, remember?: Remember) {
  if (following === caller.id) {
    throw new ApiError('cannot_follow_self', { errors: { following: ['This is your own id.'] } });
  }
  const [following_username, id] = await Promise.all([readUsername(following), nextFollowId()]);
  if (following_username === undefined) throw new ApiError('not_found');

  const edge: Follow = { id, following, following_username, created_at: clock() };
  const view = viewFollow(caller, edge);
  const outcome = await insertFollow(caller, edge, { limit: FOLLOWS, also: remember?.(view) });
  if (outcome !== 'done') throw followRefusal(outcome);
  return view;
}

function followRefusal(outcome: Exclude<FollowOutcome, 'done'>): ApiError {
  if (outcome === 'blocked') return new ApiError('cannot_follow');
  if (outcome === 'unchanged') return new ApiError('already_following');
  if (outcome === 'account_gone') return new ApiError('token_not_valid');
  return new ApiError('throttled', { retry_after: outcome.throttled });
}

/** Makes the caller stop following the user of that name; the counts on both sides move with the edge. */
export async function unfollow(caller: Caller, username: string): Promise<void> {
  if (username.toLowerCase() === caller.username.toLowerCase()) {
    await requireAccount(caller);
    throw new ApiError('not_following');
  }
  const outcome = await deleteFollow(caller, username);
  if (outcome === 'account_gone') throw new ApiError('token_not_valid');
  if (outcome === 'unchanged') throw await absence(caller, username, 'not_following');
}

/** Makes the user of that name stop following the caller; the counts on both sides move with the edge. */
export async function removeFollower(caller: Caller, username: string): Promise<void> {
  const outcome = await deleteFollower(caller, username);
  if (outcome === 'account_gone') throw new ApiError('token_not_valid');
  if (outcome === 'unchanged') {
    throw await absence(caller, username, 'not_following', 'This user does not follow you.');
  }
}

/** A follow as the API shows it, with the user whose it is. */
export const viewFollow = (follower: Caller, edge: Follow) => ({
  ...edge,
  follower: follower.id,
  follower_username: follower.username,
  created_at: toTimestamp(edge.created_at),
});
