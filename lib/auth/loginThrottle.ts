import { toSeconds } from '../clock.ts';
import { config } from '../config.ts';
import { isPossibleUsername } from '../fields.ts';
import { ApiError } from '../problems.ts';
import { pseudonym } from '../pseudonym.ts';
import { sourceOf } from '../sources.ts';
import {
  FAILURE_SCOPES,
  type FailedLogins,
  type FailureScope,
  type LoginAttempt,
} from '../table/failedLogins.ts';

/** Seconds from the first failure until a count starts anew. */
export const WINDOW = 15 * 60;

/** The longest that a window grows to, in seconds. */
const LONGEST_WINDOW = 8 * 60 * 60;

/** A window that begins within so many seconds after one that was full is twice as long. */
const MEMORY = 24 * 60 * 60;

/**
 * How many logins may fail in one window. Ten guesses find no password worth the name. The others stop one name that is
 * guessed from many addresses, and many names from one, while somebody else's ten lock nobody out elsewhere.
 */
export const LIMITS = {
  device: 10,
  username_and_address: 10,
  username: 100,
  address: 100,
  network: config.NETWORK_FAILURES,
} as const satisfies Record<FailureScope, number>;

/**
 * Under what an attempt is counted. Whether somebody has the name plays no part, or the limit would tell; only a name
 * that nobody can have is not counted. A device that has logged in under the name before is counted by itself: strangers
 * who guess the name do not lock it out, and it cannot guess for others.
 */
export function loginAttempt(username: string, source_ip: string, device?: string): LoginAttempt {
  const name = isPossibleUsername(username) ? username.toLowerCase() : undefined;
  if (name !== undefined && device !== undefined) {
    return { username: name, counted: { device: pseudonym('device', name, device) } };
  }
  const { address, network } = sourceOf(source_ip);
  return {
    username: name,
    counted: {
      ...(name !== undefined && {
        username_and_address: pseudonym('username and address', name, address),
        username: nameFailures(name),
      }),
      address: pseudonym('address', address),
      ...(network && LIMITS.network < Number.POSITIVE_INFINITY && { network: pseudonym('network', network) }),
    },
  };
}

/** The pseudonym under which all failures with a name, in any case, are counted; the others name where they came from, too. */
export const nameFailures = (username: string) => pseudonym('username', username.toLowerCase());

/** Throws `throttled` until the last of the windows ends whose limit is reached. `now` in milliseconds. */
export function refuseWhenThrottled(failures: Record<FailureScope, FailedLogins>, now: number): void {
  const reached = FAILURE_SCOPES.filter(
    (scope) => isFull(scope, failures[scope]) && failures[scope].ends_at > toSeconds(now),
  );
  if (reached.length === 0) return;
  const end = Math.max(...reached.map((scope) => failures[scope].ends_at));
  throw new ApiError('throttled', { retry_after: end - toSeconds(now) });
}

/**
 * How long the next window of each scope is, in seconds, after the failures that were read. A name that is guessed for
 * days gets ever longer ones; for the rest, a window is a window.
 */
export function nextWindows(failures: Record<FailureScope, FailedLogins>, now: number) {
  const { username } = failures;
  const goes_on = isFull('username', username) && toSeconds(now) - username.ends_at < MEMORY;
  const grown = goes_on ? Math.min(username.length * 2, LONGEST_WINDOW) : WINDOW;
  return (scope: FailureScope) => (scope === 'username' ? grown : WINDOW);
}

const isFull = (scope: FailureScope, { attempts }: FailedLogins) => attempts.size >= LIMITS[scope];
