import * as v from 'valibot';
import { type Identity, requireAccount } from '../auth/accounts.ts';
import { type Clock, toTimestamp } from '../clock.ts';
import { ApiError, TokenNotValid, UserNotFound } from '../errors.ts';
import { deleteFollow, type EdgeOutcome, type Follow, insertFollow } from '../table/follows.ts';
import { leasedSequence } from '../table/sequences.ts';
import { readAccount, readUsername } from '../table/users.ts';
import { isPossibleUsername } from '../users/fields.ts';

/** Whom to follow: the id of a user. */
export const FollowRequest = v.object({
  following: v.pipe(
    v.number(({ received }) =>
      received === 'undefined' ? 'This field is required.' : 'This must be a number.',
    ),
    v.safeInteger('This must be an integer up to 2^53-1.'),
    v.minValue(1, 'This must be positive.'),
  ),
});

/** A follow as the API shows it. */
export const FollowView = v.object({
  id: v.number(),
  follower: v.number(),
  following: v.number(),
  follower_username: v.string(),
  following_username: v.string(),
  created_at: v.string(),
});

/** Ids of follows, taken from the table 20 at a time, so that the sequence does not cap the write rate. */
const nextFollowId = leasedSequence('follow', 20);

/** Makes the caller follow the user of that id; the counts on both sides move with the edge or not at all. */
export async function follow(caller: Identity, following: number, clock: Clock): Promise<Follow> {
  if (following === caller.id) {
    throw new ApiError('cannot_follow_self', 'You cannot follow yourself.', {
      following: ['This is your own id.'],
    });
  }
  const [following_username, id] = await Promise.all([readUsername(following), nextFollowId()]);
  if (following_username === undefined) throw new UserNotFound();

  const edge: Follow = {
    id,
    follower: caller.id,
    following,
    follower_username: caller.username,
    following_username,
    created_at: clock(),
  };
  const outcome = await insertFollow(edge);
  if (outcome !== 'done')
    throw refusal(outcome, new ApiError('already_following', 'You follow this user already.'));
  return edge;
}

/** Makes the caller follow the user of that name no longer; the counts on both sides move with the edge. Nobody follows oneself. */
export async function unfollow(caller: Identity, username: string): Promise<void> {
  if (!isPossibleUsername(username)) throw new UserNotFound();
  if (username.toLowerCase() === caller.username.toLowerCase()) {
    await requireAccount(caller);
    throw notFollowing();
  }
  const outcome = await deleteFollow(caller, username);
  if (outcome === 'done') return;
  const known = await readAccount(username, { consistent: true });
  throw refusal(outcome, known ? notFollowing() : new UserNotFound());
}

const notFollowing = () => new ApiError('not_following', 'You do not follow this user.');

const refusal = (outcome: EdgeOutcome, unchanged: ApiError) =>
  outcome === 'account_gone' ? new TokenNotValid() : unchanged;

/** A follow with its time as the API shows it. */
export const viewFollow = (edge: Follow) => ({ ...edge, created_at: toTimestamp(edge.created_at) });
