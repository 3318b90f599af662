import * as v from 'valibot';
import { ownedBy, requireAccount } from '../auth/identity.ts';
import type { Clock } from '../clock.ts';
import { Avatar, Email, profileTexts } from '../fields.ts';
import { ApiError, PROBLEMS } from '../problems.ts';
import type { Identity } from '../table/items.ts';
import { type ProfileChanges as Changes, updateUser, updateUserWithEmail } from '../table/profileChanges.ts';
import { retrying } from '../table/retry.ts';
import { readUser, readUserWithCounts, type User } from '../table/users.ts';
import { viewProfile, viewUser } from './views.ts';

/** What a user may change: any subset, and nothing else. */
export const ProfileChanges = v.partial(v.object({ ...profileTexts, avatar: Avatar, email: Email }));

/** The user of that name, in any case, with counts. A caller who comes with a token must still have an account. */
export async function getProfile(username: string, caller: Identity | undefined) {
  const [profile] = await Promise.all([readUserWithCounts(username), caller && requireAccount(caller)]);
  if (!profile) throw new ApiError('not_found');
  return viewProfile(profile);
}

/** The caller's own user with counts, every answered write included. */
export async function getOwnProfile(caller: Identity) {
  return viewProfile(ownedBy(caller.id, await readUserWithCounts(caller.username, { consistent: true })));
}

/**
 * Changes the named fields of the caller and no others, so that racing changes never lose one another's fields.
 * Nothing named changes nothing. A new email address is claimed and the old one freed with the change; throws
 * `email_taken` when somebody else has it.
 */
export async function updateProfile(
  caller: Identity,
  changes: v.InferOutput<typeof ProfileChanges>,
  clock: Clock,
) {
  return viewUser(await applyChanges(caller, changes as Changes, clock));
}

async function applyChanges(caller: Identity, changes: Changes, clock: Clock): Promise<User> {
  const { email, ...rest } = changes;
  if (email !== undefined) return changeWithEmail(caller, { ...rest, email }, clock);
  const unchanged = Object.keys(rest).length === 0;
  return ownedBy(
    caller.id,
    await (unchanged ? readUser(caller.username) : updateUser(caller, rest, clock())),
  );
}

/** Writes onto the user as just read; where another change gets in between, reads again after a pause. */
function changeWithEmail(caller: Identity, changes: Changes & { email: string }, clock: Clock) {
  return retrying(async () => {
    const user = ownedBy(caller.id, await readUser(caller.username));
    const update = await updateUserWithEmail(user, changes, clock());
    if (update.outcome === 'updated') return { value: update.user };
    if (update.outcome === 'email_taken') throw emailTaken();
    return { again: new Error('Another change got in between.') };
  });
}

const emailTaken = () => new ApiError('email_taken', { errors: { email: [PROBLEMS.email_taken.detail] } });
