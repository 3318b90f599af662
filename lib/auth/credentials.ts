import type { Clock } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import {
  clearFailedLogins,
  countFailedLogin,
  type LoginAttempt,
  readLoginStanding,
} from '../table/failedLogins.ts';
import type { Caller } from '../table/items.ts';
import { type Credential, replacePasswordHash, type User } from '../table/users.ts';
import { ownedBy } from './identity.ts';
import { loginAttempt, nextWindows, refuseWhenThrottled } from './loginThrottle.ts';
import { checkPassword, renewHash } from './passwords.ts';
import { logSecurity } from './securityLog.ts';

/** An attempt, and where it comes from. */
interface Trial {
  attempt: LoginAttempt;
  password: string;
  source_ip: string;
  clock: Clock;
}

/**
 * The user of that name, in any case, if the password is right; else throws `no_active_account`, for an unknown or
 * deleted user after the same work. Throws `account_suspended` if it is right and the account is suspended. Failures are
 * counted, for a `device` that has logged in before by itself, and past a limit every attempt is `throttled`; see
 * loginThrottle.ts. Renews the stored hash when it is not of the kind that is made today.
 */
export async function checkCredentials(
  { username, password }: { username: string; password: string },
  source_ip: string,
  clock: Clock,
  device?: string,
): Promise<User> {
  const trial = { attempt: loginAttempt(username, source_ip, device), password, source_ip, clock };
  const user = await tryPassword(trial);
  if (!user) throw new ApiError('no_active_account');
  if (user.suspended_at !== undefined) throw new ApiError('account_suspended');
  logSecurity('login_succeeded', user, source_ip);
  return user;
}

/**
 * The same for a request that took effect before, with its own password: a wrong one is another request's, so
 * `idempotency_key_reused`.
 */
export function checkRepeated(
  credentials: { username: string; password: string },
  source_ip: string,
  clock: Clock,
): Promise<User> {
  return checkCredentials(credentials, source_ip, clock).catch((error) => {
    const wrong = error instanceof ApiError && error.code === 'no_active_account';
    throw wrong ? new ApiError('idempotency_key_reused') : error;
  });
}

/**
 * The caller's own user if the password is right. A wrong one is `invalid`, in the `field` that it was sent in, and
 * counts as a failed login, under the same limits. Throws `token_not_valid` first when the account takes the token no longer.
 */
export async function requirePassword(
  caller: Caller,
  field: string,
  { password, ...origin }: Omit<Trial, 'attempt'>,
): Promise<User> {
  const attempt = loginAttempt(caller.username, origin.source_ip);
  const user = await tryPassword({ attempt, password, ...origin }, (found) => ownedBy(caller, found));
  if (!user) throw invalid({ [field]: ['This is not your password.'] });
  return user;
}

/** The user whose password is right, `undefined` if none is; `guard` sees who was found before anything is compared. */
async function tryPassword(
  { attempt, password, source_ip, clock }: Trial,
  guard: (found: Credential | undefined) => void = () => {},
): Promise<User | undefined> {
  const { user: named, failures } = await readLoginStanding(attempt);
  guard(named);
  refuseWhenThrottled(failures, clock());

  const found = named?.deleted_at === undefined ? named : undefined;
  const matches = await checkPassword(password, found?.password_hash);
  if (!found || !matches) {
    await countFailedLogin(attempt, clock(), nextWindows(failures, clock()));
    logSecurity('login_failed', found, source_ip);
    return undefined;
  }
  const scope = attempt.counted.device === undefined ? 'username_and_address' : 'device';
  await clearFailedLogins(attempt.counted[scope], failures[scope]);
  const renewed = await renewHash(password, found.password_hash);
  if (renewed) await replacePasswordHash(found, renewed);
  const { password_hash: _, ...user } = found;
  return user;
}
