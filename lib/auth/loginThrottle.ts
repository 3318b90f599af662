import { isIPv6 } from 'node:net';
import { toSeconds } from '../clock.ts';
import { isPossibleUsername } from '../fields.ts';
import { ApiError } from '../problems.ts';
import type { FailedLogins, FailureScope, LoginAttempt } from '../table/failedLogins.ts';

/** Seconds from the first failure until a count starts anew. */
export const WINDOW = 15 * 60;

/**
 * How many logins may fail in one window. Ten guesses a window find no password worth the name; the two others stop
 * one name guessed from many addresses, and many names from one, while somebody else's ten lock nobody out elsewhere.
 */
export const LIMITS = {
  username_and_address: 10,
  username: 100,
  address: 100,
} as const satisfies Record<FailureScope, number>;

/**
 * Under which name and address an attempt is counted. Whether somebody has the name plays no part, or the limit
 * would tell; only a name that nobody can have is not counted.
 */
export function loginAttempt(username: string, source_ip: string): LoginAttempt {
  return {
    username: isPossibleUsername(username) ? username : undefined,
    address: sourceNetwork(source_ip),
  };
}

/** Throws `throttled` until the last of the windows ends whose limit is reached. `now` in milliseconds. */
export function refuseWhenThrottled(failures: Record<FailureScope, FailedLogins>, now: number): void {
  const scopes = Object.keys(LIMITS) as FailureScope[];
  const reached = scopes.filter((scope) => failures[scope].attempts.size >= LIMITS[scope]);
  if (reached.length === 0) return;
  const end = Math.max(...reached.map((scope) => failures[scope].expires_at));
  throw new ApiError('throttled', { retry_after: Math.max(1, end - toSeconds(now)) });
}

/**
 * What counts as one address: an IPv4 address, or the /64 network of an IPv6 address, for a single subscriber is
 * given all of a /64 (RFC 6177) and could come from a new address of it with every guess.
 */
export function sourceNetwork(source_ip: string): string {
  if (!isIPv6(source_ip)) return source_ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(source_ip)?.[1];
  if (mapped) return mapped;
  const [address = ''] = source_ip.split('%');
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
