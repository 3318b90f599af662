import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { Bio, Email, NewPassword, PersonName, Username } from '../fields.ts';
import { ApiError, PROBLEMS } from '../problems.ts';
import { leaseIds } from '../table/sequences.ts';
import { insertUser, type User } from '../table/users.ts';
import { NOT_TEXT } from '../text.ts';
import { viewUser } from '../users/views.ts';
import { loadSigningKey } from './keys.ts';
import { hashPassword } from './passwords.ts';
import { issueTokenPair } from './tokens.ts';

/**
 * What registration takes. Fields are compared with each other also when they have other faults. That `username` and
 * `email` are new is for the write to find out, not for this schema.
 */
export const Registration = v.pipe(
  v.object({
    username: Username,
    email: Email,
    password: NewPassword,
    password_confirm: v.pipe(
      v.string(NOT_TEXT),
      v.transform((password) => password.normalize('NFC')),
    ),
    first_name: v.optional(PersonName, ''),
    last_name: v.optional(PersonName, ''),
    bio: v.optional(Bio, ''),
  }),
  v.rawCheck(({ dataset: { value }, addIssue }) => {
    const { username, email, password, password_confirm } = value as Record<string, unknown>;
    const blame = (key: string, message: string) =>
      addIssue({ message, path: [{ type: 'object', origin: 'value', input: {}, key, value: undefined }] });
    if (areText(password, password_confirm) && password !== password_confirm) {
      blame('password_confirm', 'This is not the same as the password.');
    }
    if (sameIgnoringCase(password, username)) blame('password', 'This may not be the username.');
    if (sameIgnoringCase(password, email)) blame('password', 'This may not be the email address.');
  }),
);

const areText = (...values: unknown[]) => values.every((value) => typeof value === 'string');

const sameIgnoringCase = (a: unknown, b: unknown) =>
  areText(a, b) && String(a).toLowerCase() === String(b).toLowerCase();

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
  const user: User = { id, ...fields, avatar: null, created_at: now, updated_at: now };
  const taken = await insertUser({ ...user, password_hash });
  const [first] = taken;
  if (first) {
    const errors = taken.map((field) => [field, [PROBLEMS[`${field}_taken`].detail]]);
    throw new ApiError(`${first}_taken`, { errors: Object.fromEntries(errors) });
  }
  return { user: viewUser(user), ...(await issueTokenPair(user, clock())) };
}
