import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { failedLoginKey, userKey } from './keys.ts';
import { getItem, getItems } from './read.ts';
import { type Credential, parseCredential } from './users.ts';
import { updateItem } from './write.ts';

/** By what failures are counted. */
export const FAILURE_SCOPES = ['device', 'username_and_address', 'username', 'address', 'network'] as const;
export type FailureScope = (typeof FAILURE_SCOPES)[number];

/** Whose attempt a login is, and the pseudonyms under which its failure is counted. */
export interface LoginAttempt {
  /** `undefined` where nobody can have the name. */
  username: string | undefined;
  counted: Partial<Record<FailureScope, string>>;
}

/** Seconds for which a window is remembered after its end. */
const MEMORY = 24 * 60 * 60;

export const Window = v.object({
  /** One random name for each failed attempt: writing one again, as a repeated call does, does not count again. */
  attempts: v.optional(v.set(v.string()), () => new Set<string>()),
  /** Seconds since 1970. */
  ends_at: v.number(),
  /** How long the window is, in seconds. */
  length: v.number(),
});

/** The failures of one window, which may be over. */
export type FailedLogins = v.InferOutput<typeof Window>;

const none: FailedLogins = { attempts: new Set(), ends_at: 0, length: 0 };

/**
 * In one trip: the user that the attempt names, if any, as of now, and the last window of each scope, at half price. One
 * unit for the user, known or not, and half of one for each window.
 */
export async function readLoginStanding({
  username,
  counted,
}: LoginAttempt): Promise<{ user: Credential | undefined; failures: Record<FailureScope, FailedLogins> }> {
  const profile = username === undefined ? undefined : userKey(username);
  const windows = Object.values(counted).map(failedLoginKey);
  const [user, found] = await Promise.all([
    profile && getItem(profile, { consistent: true }),
    getItems(windows),
  ]);
  const items = new Map(found.map((item) => [item.PK, item]));
  const failures = FAILURE_SCOPES.map((scope) => {
    const item = items.get(failedLoginKey(counted[scope] ?? '').PK);
    return [scope, item ? parseItem(Window, 'failed logins', item) : none];
  });
  return { user: user && parseCredential(user), failures: Object.fromEntries(failures) };
}

/**
 * Counts a failure at `now` (ms) in every scope, side by side; no failure is ever lost. `lengthOf` says how long a
 * window is that begins with this failure, in seconds.
 */
export async function countFailedLogin(
  { counted }: LoginAttempt,
  now: number,
  lengthOf: (scope: FailureScope) => number,
): Promise<void> {
  const attempt = randomBytes(4).toString('base64url');
  const scopes = Object.entries(counted) as [FailureScope, string][];
  await Promise.all(
    scopes.map(([scope, name]) => addToWindow(name, attempt, toSeconds(now), lengthOf(scope))),
  );
}

/**
 * Adds to the window that runs, or starts a new one. Either write is refused where the other is due; when others
 * start a window in between, theirs is the one that runs.
 */
async function addToWindow(name: string, attempt: string, now: number, length: number): Promise<void> {
  const window = {
    Key: failedLoginKey(name),
    ExpressionAttributeNames: { '#length': 'length' },
    ExpressionAttributeValues: {
      ':attempt': new Set([attempt]),
      ':now': now,
      ':end': now + length,
      ':length': length,
      ':expiry': now + length + MEMORY,
    },
  };
  const add = {
    ...window,
    UpdateExpression: `ADD attempts :attempt SET ends_at = if_not_exists(ends_at, :end),
      #length = if_not_exists(#length, :length), expires_at = if_not_exists(expires_at, :expiry)`,
    ConditionExpression: 'attribute_not_exists(ends_at) OR ends_at > :now',
  };
  const start = {
    ...window,
    UpdateExpression: 'SET attempts = :attempt, ends_at = :end, #length = :length, expires_at = :expiry',
    ConditionExpression: 'ends_at <= :now',
  };
  for (const write of [add, start, add]) if ((await updateItem(write)).done) return;
}

/**
 * Forgets the failures that were read under one name, after it logged in. Failures that came in since stay counted.
 * Writes nothing when there are none.
 */
export async function clearFailedLogins(name: string | undefined, { attempts }: FailedLogins): Promise<void> {
  if (name === undefined || attempts.size === 0) return;
  await updateItem({
    Key: failedLoginKey(name),
    UpdateExpression: 'DELETE attempts :read',
    ConditionExpression: 'attribute_exists(PK)',
    ExpressionAttributeValues: { ':read': attempts },
  });
}
