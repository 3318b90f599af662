import * as v from 'valibot';
import { borrowedAddress, Email, Username } from '../fields.ts';
import { PROBLEMS } from '../problems.ts';
import { isUsernameTaken } from '../table/users.ts';

/** What a form asks about: a username, an address, or both. */
export const AvailabilityQuery = v.pipe(
  v.object({ username: v.optional(v.string()), email: v.optional(v.string()) }),
  v.forward(
    v.check(
      ({ username, email }) => username !== undefined || email !== undefined,
      'This or an email is required.',
    ),
    ['username'],
  ),
);

/** Whether registration would take a value, and the sentence that it would refuse it with. */
export const Availability = v.object({ available: v.boolean(), reason: v.nullable(v.string()) });

/** What is said of each value that was asked about. */
export const AvailabilityAnswer = v.object({
  username: v.exactOptional(Availability),
  email: v.exactOptional(Availability),
});

/**
 * Whether registration would take a username or an address as things stand: nothing is kept for whoever asks. An address is
 * judged by its form alone, so that nobody learns whose accounts there are.
 */
export async function checkAvailability({ username, email }: v.InferOutput<typeof AvailabilityQuery>) {
  return {
    ...(username !== undefined && { username: verdict(await faultOfUsername(username, email)) }),
    ...(email !== undefined && { email: verdict(faultIn(Email, email)) }),
  };
}

const verdict = (reason: string | undefined) => ({
  available: reason === undefined,
  reason: reason ?? null,
});

async function faultOfUsername(username: string, email: string | undefined): Promise<string | undefined> {
  const fault =
    faultIn(Username, username) ?? (email === undefined ? undefined : borrowedAddress(username, email));
  if (fault) return fault;
  return (await isUsernameTaken(v.parse(Username, username))) ? PROBLEMS.username_taken.detail : undefined;
}

function faultIn(schema: v.GenericSchema, value: string): string | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? undefined : result.issues[0].message;
}
