import * as v from 'valibot';
import { requireAccount } from '../auth/identity.ts';
import { type Clock, toTimestamp } from '../clock.ts';
import { ApiError } from '../problems.ts';
import { deleteFollow, type EdgeOutcome, type Follow, insertFollow } from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import type { Remember } from '../table/repetitions.ts';
import { leasedSequence } from '../table/sequences.ts';
import { isActive } from '../table/userItem.ts';
import { readAccount, readUsername } from '../table/users.ts';
import { Id, Timestamp } from '../users/views.ts';

/** Whom to follow: the id of a user. */
export const FollowRequest = v.object({
  following: v.pipe(
    v.number('This must be a number.'),
    v.safeInteger('This must be an integer up to 2^53-1.'),
    v.minValue(1, 'This must be positive.'),
  ),
});

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

/** Makes the caller follow the user of that id; the counts on both sides move with the edge or not at all. */
export async function follow(caller: Caller, following: number, clock: Clock, remember?: Remember) {
  if (following === caller.id) {
    throw new ApiError('cannot_follow_self', { errors: { following: ['This is your own id.'] } });
  }
  const [following_username, id] = await Promise.all([readUsername(following), nextFollowId()]);
  if (following_username === undefined) throw new ApiError('not_found');

  const edge: Follow = { id, following, following_username, created_at: clock() };
  const view = viewFollow(caller, edge);
  const outcome = await insertFollow(caller, edge, remember?.(view));
  if (outcome !== 'done') throw refusal(outcome, 'already_following');
  return view;
}

/** Makes the caller stop following the user of that name; the counts on both sides move with the edge. */
export async function unfollow(caller: Caller, username: string): Promise<void> {
  if (username.toLowerCase() === caller.username.toLowerCase()) {
    await requireAccount(caller);
    throw new ApiError('not_following');
  }
  const outcome = await deleteFollow(caller, username);
  if (outcome === 'done') return;
  const followed = await readAccount(username, { consistent: true });
  throw refusal(outcome, followed && isActive(followed) ? 'not_following' : 'not_found');
}

const refusal = (outcome: EdgeOutcome, unchanged: 'already_following' | 'not_following' | 'not_found') =>
  new ApiError(outcome === 'account_gone' ? 'token_not_valid' : unchanged);

/** A follow as the API shows it, with the user whose it is. */
export const viewFollow = (follower: Caller, edge: Follow) => ({
  ...edge,
  follower: follower.id,
  follower_username: follower.username,
  created_at: toTimestamp(edge.created_at),
});
