import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { failedLoginKey, userKey } from './keys.ts';
import { getItems } from './read.ts';
import type { Key, RawItem } from './send.ts';
import { type Credential, parseCredential } from './users.ts';
import { updateItem } from './write.ts';

/** Whose attempt a login is: `username` is `undefined` where nobody can have the name. */
export interface LoginAttempt {
  username: string | undefined;
  address: string;
}

/** By what failures are counted. */
export type FailureScope = 'username_and_address' | 'username' | 'address';

const Window = v.object({
  /** One random name for each failed attempt: writing one again, as a repeated call does, does not count again. */
  attempts: v.optional(v.set(v.string()), () => new Set<string>()),
  /** Seconds since 1970; the window ends then, deleted or not. */
  expires_at: v.number(),
});

/** The failures of one window. */
export type FailedLogins = v.InferOutput<typeof Window>;

const none: FailedLogins = { attempts: new Set(), expires_at: 0 };

const scopeKeys = ({ username, address }: LoginAttempt): Partial<Record<FailureScope, Key>> => ({
  ...(username !== undefined && {
    username_and_address: failedLoginKey({ username, address }),
    username: failedLoginKey({ username }),
  }),
  address: failedLoginKey({ address }),
});

/**
 * In one consistent read: the user that the attempt names, if any, and the failures that count at `now` (ms). Four
 * read units, known name or not.
 */
export async function readLoginStanding(
  attempt: LoginAttempt,
  now: number,
): Promise<{ user: Credential | undefined; failures: Record<FailureScope, FailedLogins> }> {
  const scopes = scopeKeys(attempt);
  const profile = attempt.username === undefined ? undefined : userKey(attempt.username);
  const keys = [...Object.values(scopes), ...(profile ? [profile] : [])];
  const items = new Map((await getItems(keys, { consistent: true })).map((item) => [String(item.PK), item]));
  const user = profile && items.get(profile.PK);
  const failures = (scope: FailureScope) => currentWindow(items.get(scopes[scope]?.PK ?? ''), now);
  return {
    user: user && parseCredential(user),
    failures: {
      username_and_address: failures('username_and_address'),
      username: failures('username'),
      address: failures('address'),
    },
  };
}

function currentWindow(item: RawItem | undefined, now: number): FailedLogins {
  const window = item && parseItem(Window, 'failed logins', item);
  return window && window.expires_at > toSeconds(now) ? window : none;
}

/**
 * Counts a failure at `now` (ms) by name, by address and by both, side by side; no failure is ever lost. `window`:
 * seconds from the first failure until a count starts anew.
 */
export async function countFailedLogin(attempt: LoginAttempt, now: number, window: number): Promise<void> {
  const name = randomBytes(4).toString('base64url');
  const add = (key: Key) => addToWindow(key, name, toSeconds(now), window);
  await Promise.all(Object.values(scopeKeys(attempt)).map(add));
}

/**
 * Adds to the window that runs, or starts a new one. Either write is refused where the other is due; when others
 * start a window in between, theirs is the one that runs.
 */
async function addToWindow(key: Key, name: string, now: number, window: number): Promise<void> {
  const values = { ':attempt': new Set([name]), ':now': now, ':end': now + window };
  const add = {
    Key: key,
    UpdateExpression: 'ADD attempts :attempt SET expires_at = if_not_exists(expires_at, :end)',
    ConditionExpression: 'attribute_not_exists(expires_at) OR expires_at > :now',
    ExpressionAttributeValues: values,
  };
  const start = {
    Key: key,
    UpdateExpression: 'SET attempts = :attempt, expires_at = :end',
    ConditionExpression: 'expires_at <= :now',
    ExpressionAttributeValues: values,
  };
  for (const write of [add, start, add]) if ((await updateItem(write)).done) return;
}

/**
 * Forgets the failures that were read for one name from one address, after it logged in. Failures that came in since
 * stay counted; what others' attempts are counted by stays as it is. Writes nothing when there are none.
 */
export async function clearFailedLogins(attempt: LoginAttempt, read: FailedLogins): Promise<void> {
  const key = scopeKeys(attempt).username_and_address;
  if (!key || read.attempts.size === 0) return;
  await updateItem({
    Key: key,
    UpdateExpression: 'DELETE attempts :read',
    ConditionExpression: 'attribute_exists(PK)',
    ExpressionAttributeValues: { ':read': read.attempts },
  });
}
