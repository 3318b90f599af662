import type { Clock } from '../clock.ts';
import { ApiError } from '../problems.ts';
import { clearFailedLogins, countFailedLogin, readLoginStanding } from '../table/failedLogins.ts';
import { replacePasswordHash, type User } from '../table/users.ts';
import { loginAttempt, nextWindows, refuseWhenThrottled } from './loginThrottle.ts';
import { checkPassword, renewHash } from './passwords.ts';
import { logSecurity } from './securityLog.ts';

/**
 * The user of that name, in any case, if the password is right; else throws `no_active_account`, for an unknown user
 * after the same work. Failures are counted, for a `device` that has logged in before by itself, and past a limit every
 * attempt is `throttled`; see loginThrottle.ts. Renews the stored hash when it is not of the kind that is made today.
 */
export async function checkCredentials(
  { username, password }: { username: string; password: string },
  source_ip: string,
  clock: Clock,
  device?: string,
): Promise<User> {
  const attempt = loginAttempt(username, source_ip, device);
  const { user: found, failures } = await readLoginStanding(attempt);
  refuseWhenThrottled(failures, clock());

  const matches = await checkPassword(password, found?.password_hash);
  if (!found || !matches) {
    await countFailedLogin(attempt, clock(), nextWindows(failures, clock()));
    logSecurity('login_failed', found, source_ip);
    throw new ApiError('no_active_account');
  }
  const scope = attempt.counted.device === undefined ? 'username_and_address' : 'device';
  await clearFailedLogins(attempt.counted[scope], failures[scope]);
  const renewed = await renewHash(password, found.password_hash);
  if (renewed) await replacePasswordHash(found, renewed);
  logSecurity('login_succeeded', found, source_ip);
  const { password_hash: _, ...user } = found;
  return user;
}
