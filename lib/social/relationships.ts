import * as v from 'valibot';
import { requireOwn } from '../auth/identity.ts';
import { isPossibleUsername } from '../fields.ts';
import { readAccounts, readAccountWithCounts } from '../table/accounts.ts';
import { readFollowed, readFollowersAmong } from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import { readHidden } from './visibility.ts';

/** Most users that one request may ask about. */
const MOST_NAMES = 100;

/** Whom a client asks about: usernames, in any case. */
export const RelationshipsQuery = v.object({
  usernames: v.pipe(
    v.string(),
    v.transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
    v.minLength(1, 'This must have at least one username.'),
    v.maxLength(MOST_NAMES, `This may have at most ${MOST_NAMES} usernames.`),
  ),
});

/** What is between the caller and one user. */
export const Relationship = v.object({
  username: v.string(),
  is_following: v.boolean(),
  follows_me: v.boolean(),
  is_blocked: v.boolean(),
});

/**
 * What is between the caller and each of the users, in the order in which they are asked for and by the names as they are
 * spelled there, each once. Those who do not exist are left out, and so are those who block the caller, unless the caller
 * blocks them too: then nothing has changed for the caller.
 */
export async function listRelationships(caller: Caller, usernames: readonly string[]) {
  const spelled = usernames.filter(isPossibleUsername).map((name) => [name.toLowerCase(), name] as const);
  const names = [...new Set(spelled.map(([name]) => name))];
  const [viewer, accounts] = await Promise.all([
    requireOwn(caller, readAccountWithCounts),
    readAccounts(names),
  ]);
  const found = names.filter((name) => accounts.has(name));
  // To whom somebody may be hidden, all names are looked up: the time does not tell who is hidden from who is gone.
  const looked_up = viewer.blocked_by_count > 0 ? names : found;
  const [followed, followers, hidden] = await Promise.all([
    readFollowed(viewer, looked_up),
    readFollowersAmong(looked_up, viewer),
    readHidden(viewer),
  ]);
  const spelling = new Map(spelled.toReversed());
  const shown = found.filter((name) => hidden.blocked.has(name) || !hidden.blockers.has(name));
  return {
    results: shown.map((name) => ({
      username: spelling.get(name) ?? name,
      is_following: followed.has(name),
      follows_me: followers.has(name),
      is_blocked: hidden.blocked.has(name),
    })),
  };
}
