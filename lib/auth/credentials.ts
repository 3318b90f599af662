import type { Clock } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import {
  clearFailedLogins,
  countFailedLogin,
  type LoginAttempt,
  readLoginStanding,
} from '../table/failedLogins.ts';
import type { Caller } from '../table/items.ts';
import { replacePasswordHash, type User } from '../table/users.ts';
import { ownedBy } from './identity.ts';
import { loginAttempt, nextWindows, refuseWhenThrottled } from './loginThrottle.ts';
import { checkPassword, hashPassword, isOutdated } from './passwords.ts';
import { logSecurity } from './securityLog.ts';

/**
 * The user of that name, in any case, if the password is right; else throws `no_active_account`, for an unknown or
 * deleted user after the same work. Throws `account_suspended` if it is right and the account is suspended. Failures are
 * counted, for a `device` that has logged in before by itself, and past a limit every attempt is `throttled`; see
 * loginThrottle.ts. Renews the stored hash when it was made at a lower cost than today's.
 */
export async function checkCredentials(
  { username, password }: { username: string; password: string },
  source_ip: string,
  clock: Clock,
  device?: string,
): Promise<User> {
  const user = await tryPassword(loginAttempt(username, source_ip, device), password, { source_ip, clock });
  if (!user) throw new ApiError('no_active_account');
  if (user.suspended_at !== undefined) throw new ApiError('account_suspended');
  logSecurity('login_succeeded', user, source_ip);
  return user;
}

/**
 * The caller's user, if the password in that field of the request is the caller's: for what a stolen access token alone
 * must not do. A wrong one is `invalid`, and counts as a failed login. Throws `token_not_valid` when the account takes the
 * token no longer, before anything is compared.
 */
export async function confirmPassword(
  caller: Caller,
  { field, password }: { field: string; password: string },
  { source_ip, clock }: { source_ip: string; clock: Clock },
): Promise<User> {
  const attempt = loginAttempt(caller.username, source_ip);
  const user = await tryPassword(attempt, password, { source_ip, clock, caller });
  if (!user) throw invalid({ [field]: ['This is not your password.'] });
  return user;
}

interface Trial {
  source_ip: string;
  clock: Clock;
  /** Whose password it must be. */
  caller?: Caller;
}

async function tryPassword(
  attempt: LoginAttempt,
  password: string,
  { source_ip, clock, caller }: Trial,
): Promise<User | undefined> {
  const { user, failures } = await readLoginStanding(attempt);
  if (caller) ownedBy(caller, user);
  refuseWhenThrottled(failures, clock());

  const found = user?.deleted_at === undefined ? user : undefined;
  const matches = await checkPassword(password, found?.password_hash);
  if (!found || !matches) {
    await countFailedLogin(attempt, clock(), nextWindows(failures, clock()));
    logSecurity('login_failed', found, source_ip);
    return undefined;
  }
  const scope = attempt.counted.device === undefined ? 'username_and_address' : 'device';
  await clearFailedLogins(attempt.counted[scope], failures[scope]);
  if (isOutdated(found.password_hash)) {
    await replacePasswordHash(found, await hashPassword(password.normalize('NFC')));
  }
  const { password_hash: _, ...own } = found;
  return own;
}
