import * as v from 'valibot';
import { loadSigningKey } from '../auth/keys.ts';
import { hashPassword } from '../auth/passwords.ts';
import { issueTokenPair } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import { leaseIds } from '../table/sequences.ts';
import { insertUser, type User } from '../table/users.ts';
import { textType } from '../text.ts';
import { Bio, Email, NewPassword, PersonName, Username } from './fields.ts';

/** What registration takes. `username` and `email` must be new; the write, not this schema, sees to that. */
export const Registration = v.pipe(
  v.object({
    username: Username,
    email: Email,
    password: NewPassword,
    password_confirm: v.pipe(
      v.string(textType),
      v.transform((password) => password.normalize('NFC')),
    ),
    first_name: v.optional(PersonName, ''),
    last_name: v.optional(PersonName, ''),
    bio: v.optional(Bio, ''),
  }),
  v.forward(
    v.partialCheck(
      [['password'], ['password_confirm']],
      ({ password, password_confirm }) => password === password_confirm,
      'This is not the same as the password.',
    ),
    ['password_confirm'],
  ),
  v.forward(
    v.partialCheck(
      [['username'], ['password']],
      ({ username, password }) => !sameIgnoringCase(username, password),
      'This may not be the username.',
    ),
    ['password'],
  ),
  v.forward(
    v.partialCheck(
      [['email'], ['password']],
      ({ email, password }) => !sameIgnoringCase(email, password),
      'This may not be the email address.',
    ),
    ['password'],
  ),
);

const sameIgnoringCase = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const TAKEN_SENTENCES = {
  username: 'This username is taken.',
  email: 'This email address is taken.',
};

/**
 * Creates a user and signs the first tokens. Of any number of racing registrations of one name or address exactly
 * one wins; the others throw `username_taken` or `email_taken`, naming every value that is taken, and leave nothing
 * behind. Nothing is written for a user who could not be given tokens: the signing key is loaded first.
 */
export async function register(registration: v.InferOutput<typeof Registration>, clock: Clock) {
  const { password, password_confirm: _, ...fields } = registration;
  const [password_hash, id] = await Promise.all([
    hashPassword(password),
    leaseIds('user', 1),
    loadSigningKey(),
  ]);

  const now = clock();
  const user: User = { id, ...fields, avatar: null, password_hash, created_at: now, updated_at: now };
  const taken = await insertUser(user);
  const [first] = taken;
  if (first) {
    const errors = Object.fromEntries(taken.map((field) => [field, [TAKEN_SENTENCES[field]]]));
    throw new ApiError(`${first}_taken`, TAKEN_SENTENCES[first], errors);
  }
  return { user, ...(await issueTokenPair(user, clock())) };
}
