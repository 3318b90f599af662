import * as v from 'valibot';
import { readImportedHash } from '../../lib/auth/importedHashes.ts';
import { NO_PASSWORD } from '../../lib/auth/passwords.ts';
import { Avatar, borrowedAddress, Email, registeredTexts, Username } from '../../lib/fields.ts';

/** Above any that a database counts up to, and low enough for its sequence to go on from there. */
export const LARGEST_ID = 2 ** 52;

/** What a password may cost at each login: 2 seconds of a processor, or so. */
const MOST_ITERATIONS = 2_000_000;
const HIGHEST_COST = 14;

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** An id, as the other system has given it. */
const Id = v.pipe(
  v.number('This must be a number.'),
  v.integer('This must be a whole number.'),
  v.minValue(1, 'This must be above 0.'),
  v.maxValue(LARGEST_ID, 'This is too large.'),
);

/** A time of RFC 3339, in milliseconds. */
const Time = v.pipe(
  v.string('This must be a string.'),
  v.regex(
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/,
    'This must be a time with its offset, as 2024-01-15T10:30:00Z.',
  ),
  v.transform((text) => Date.parse(text.replace(' ', 'T'))),
  v.finite('There is no such time.'),
);

const Count = v.optional(
  v.pipe(
    v.number('This must be a number.'),
    v.safeInteger('This must be a whole number.'),
    v.minValue(0, 'This is below 0.'),
  ),
  0,
);

/** A hash of bcrypt or of Django; what stands for no password in Django (`!…`) becomes a hash that none has. */
const PasswordHash = v.pipe(
  v.string('This must be a string.'),
  v.transform((hash) => (hash.startsWith('!') ? NO_PASSWORD : hash.replace(/^bcrypt\$(?=\$2)/, ''))),
  v.check((hash) => workOf(hash) !== undefined, 'This is no hash of pbkdf2_sha256, bcrypt_sha256 or bcrypt.'),
  v.check((hash) => isBearable(workOf(hash)), 'This takes too long to be compared with.'),
);

/** What comparing with a hash takes. */
export interface Work {
  iterations: number;
  cost: number;
}

/** What comparing with a hash takes; `undefined` for what is none. */
export function workOf(hash: string): Work | undefined {
  const imported = readImportedHash(hash);
  if (imported?.algorithm === 'pbkdf2_sha256') return { iterations: imported.iterations, cost: 0 };
  const [, cost] = BCRYPT.exec(imported?.bcrypt ?? hash) ?? [];
  return cost ? { iterations: 0, cost: Number(cost) } : undefined;
}

const isBearable = (work: Work | undefined) =>
  !work ||
  (work.iterations <= MOST_ITERATIONS && (work.cost === 0 || (work.cost >= 4 && work.cost <= HIGHEST_COST)));

/** A user of another system, with names as the API has them; what the API's own rules refuse is refused. */
export const UserRow = v.pipe(
  v.object({
    id: Id,
    username: Username,
    email: Email,
    password: PasswordHash,
    ...registeredTexts,
    avatar: v.optional(Avatar, null),
    created_at: Time,
    updated_at: v.optional(Time),
    is_active: v.optional(v.literal(true, 'Only active users are imported.')),
    posts_count: Count,
    likes_received: Count,
    comments_received: Count,
  }),
  v.forward(
    v.check(
      ({ username, email }) => borrowedAddress(username, email) === undefined,
      'This may be an email address only if it is their own.',
    ),
    ['username'],
  ),
);

/** Who follows whom, by their ids. */
export const FollowRow = v.object({ id: Id, follower: Id, following: Id, created_at: Time });

/** What is wrong with a row, in a sentence for each field. */
export type Faults = Record<string, string[]>;

/** A row as the schema has it, or what is wrong with it. */
export function readRow<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): { row: v.InferOutput<Schema> } | { faults: Faults } {
  if (value === undefined) return { faults: { row: ['This is no JSON.'] } };
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return { row: output };
  const faults: Faults = {};
  for (const issue of issues) {
    const field = v.getDotPath(issue) ?? 'row';
    const message = issue.received === 'undefined' ? 'This is missing.' : issue.message;
    faults[field] = [...(faults[field] ?? []), message];
  }
  return { faults };
}
