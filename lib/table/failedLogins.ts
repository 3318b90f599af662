import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { getItems, isConditionFailure, type Key, type RawItem, updateItem } from './client.ts';
import { parseItem } from './items.ts';
import { failedLoginKey, userKey } from './keys.ts';
import { parseUser, type User } from './users.ts';

/** Seconds from the first failure until a count starts anew. */
const WINDOW = 15 * 60;

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
): Promise<{ user: User | undefined; failures: Record<FailureScope, FailedLogins> }> {
  const scopes = scopeKeys(attempt);
  const profile = attempt.username === undefined ? undefined : userKey(attempt.username);
  const keys = [...Object.values(scopes), ...(profile ? [profile] : [])];
  const items = new Map((await getItems(keys, { consistent: true })).map((item) => [String(item.PK), item]));
  const user = profile && items.get(profile.PK);
  const failures = (scope: FailureScope) => currentWindow(items.get(scopes[scope]?.PK ?? ''), now);
  return {
    user: user && parseUser(user),
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

/** Counts a failure at `now` (ms) by name, by address and by both, side by side; no failure is ever lost. */
export async function countFailedLogin(attempt: LoginAttempt, now: number): Promise<void> {
  const name = randomBytes(4).toString('base64url');
  await Promise.all(Object.values(scopeKeys(attempt)).map((key) => addToWindow(key, name, toSeconds(now))));
}

/**
 * Adds to the window that runs, or starts a new one. Either write is refused where the other is due; when others
 * start a window in between, theirs is the one that runs.
 */
async function addToWindow(key: Key, name: string, now: number): Promise<void> {
  const values = { ':attempt': new Set([name]), ':now': now, ':end': now + WINDOW };
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
  if (!((await took(add)) || (await took(start)))) await took(add);
}

/**
 * Forgets the failures that were read for one name from one address, after it logged in. Failures that came in since
 * stay counted; what others' attempts are counted by stays as it is. Writes nothing when there are none.
 */
export async function clearFailedLogins(attempt: LoginAttempt, read: FailedLogins): Promise<void> {
  const key = scopeKeys(attempt).username_and_address;
  if (!key || read.attempts.size === 0) return;
  await took({
    Key: key,
    UpdateExpression: 'DELETE attempts :read',
    ConditionExpression: 'attribute_exists(PK)',
    ExpressionAttributeValues: { ':read': read.attempts },
  });
}

async function took(update: Parameters<typeof updateItem>[0]): Promise<boolean> {
  try {
    await updateItem(update);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
