import * as v from 'valibot';
import { type Identity, requireAccount, requireOwn } from '../auth/accounts.ts';
import type { Clock } from '../clock.ts';
import { ApiError, TokenNotValid, Unavailable, UserNotFound } from '../errors.ts';
import {
  readUser,
  readUserWithCounts,
  type User,
  type UserChanges,
  type UserWithCounts,
  updateUser,
  updateUserWithEmail,
} from '../table/users.ts';
import { Avatar, Bio, Email, isPossibleUsername, PersonName } from './fields.ts';

/** What a user may change: any subset, and nothing else. */
export const ProfileChanges = v.partial(
  v.object({ first_name: PersonName, last_name: PersonName, bio: Bio, avatar: Avatar, email: Email }),
);

/** How often a change of address starts over when other changes of the same user get in between. */
const EMAIL_ATTEMPTS = 5;

/** The user of that name, in any case, with counts. A caller who comes with a token must still have an account. */
export async function getProfile(username: string, caller: Identity | undefined): Promise<UserWithCounts> {
  if (!isPossibleUsername(username)) throw new UserNotFound();
  const [profile] = await Promise.all([readUserWithCounts(username), caller && requireAccount(caller)]);
  if (!profile) throw new UserNotFound();
  return profile;
}

/** The caller's own user with counts, every answered write included. */
export async function getOwnProfile(caller: Identity): Promise<UserWithCounts> {
  const own = await readUserWithCounts(caller.username, { consistent: true });
  return requireOwn(own, own?.user.id, caller);
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
): Promise<User> {
  const { email, ...rest } = changes as UserChanges;
  if (email !== undefined) return updateWithEmail(caller, { ...rest, email }, clock);
  if (Object.keys(rest).length === 0) return readOwn(caller);
  const updated = await updateUser(caller, rest, clock());
  return requireOwn(updated, updated?.id, caller);
}

async function readOwn(caller: Identity): Promise<User> {
  const user = await readUser(caller.username);
  return requireOwn(user, user?.id, caller);
}

async function updateWithEmail(
  caller: Identity,
  changes: UserChanges & { email: string },
  clock: Clock,
): Promise<User> {
  let user = await readOwn(caller);
  for (let attempt = 1; attempt <= EMAIL_ATTEMPTS; attempt++) {
    const update = await updateUserWithEmail(user, changes, clock());
    if (update.outcome === 'updated') return update.user;
    if (update.outcome === 'email_taken') throw emailTaken();
    if (update.user?.id !== caller.id) throw new TokenNotValid();
    user = update.user;
  }
  throw new Unavailable(new Error('Other changes kept getting in between.'));
}

function emailTaken() {
  const sentence = 'This email address is taken.';
  return new ApiError('email_taken', sentence, { email: [sentence] });
}
