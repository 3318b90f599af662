import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import { clearFailedLogins, countFailedLogin, readLoginStanding } from '../table/failedLogins.ts';
import type { Identity } from '../table/items.ts';
import { readTokenStanding, revokeToken } from '../table/revokedTokens.ts';
import { replacePasswordHash } from '../table/users.ts';
import { mostUnits, NOT_TEXT } from '../text.ts';
import { viewUser } from '../users/views.ts';
import { ownedBy, requireAccount } from './identity.ts';
import { loginAttempt, refuseWhenThrottled, WINDOW } from './loginThrottle.ts';
import { checkPassword, hashPassword, isOutdated } from './passwords.ts';
import { issueToken, issueTokenPair, readToken, verifyToken } from './tokens.ts';

/** A username, in any case, and a password. Any text will do: a password that nobody can have is a wrong one. */
export const LoginRequest = v.object({
  username: v.pipe(
    v.string(NOT_TEXT),
    // What is longer is nobody's name, and normalising it would take long.
    v.transform((username) => (username.length <= mostUnits(150) ? username.normalize('NFC').trim() : '')),
  ),
  password: v.string(NOT_TEXT),
});

/** A refresh token to be used or revoked. */
export const RefreshRequest = v.object({
  refresh: v.pipe(v.string(NOT_TEXT), v.nonEmpty('This field is required.')),
});

/**
 * The user of that name with new tokens. An unknown user and a wrong password fail alike, after the same work:
 * `no_active_account`. Failures are counted, and past a limit every login is `throttled`; see loginThrottle.ts.
 * Renews the stored hash when it was made at a lower cost than today's.
 */
export async function login(
  { username, password }: v.InferOutput<typeof LoginRequest>,
  source_ip: string,
  clock: Clock,
) {
  const attempt = loginAttempt(username, source_ip);
  const { user, failures } = await readLoginStanding(attempt, clock());
  refuseWhenThrottled(failures, clock());

  const matches = await checkPassword(password, user?.password_hash);
  if (!user || !matches) {
    await countFailedLogin(attempt, clock(), WINDOW);
    throw new ApiError('no_active_account');
  }
  await clearFailedLogins(attempt, failures.username_and_address);
  if (isOutdated(user.password_hash)) {
    await replacePasswordHash(user, await hashPassword(password.normalize('NFC')));
  }
  return { user: viewUser(user), ...(await issueTokenPair(user, clock())) };
}

/** A new access token for a refresh token that verifies, is not revoked and whose account is still there. */
export async function refreshAccess(refresh: string, clock: Clock): Promise<{ access: string }> {
  const now = clock();
  const token = await verifyToken('refresh', refresh, now);
  const { account, revoked } = await readTokenStanding(token, now);
  ownedBy(token.id, account);
  if (revoked) throw new ApiError('token_not_valid');
  return { access: await issueToken('access', token, now) };
}

/**
 * Revokes the caller's refresh token for the rest of its life, and nothing else; again with the same token succeeds
 * again. Throws `token_not_valid` when the caller's account is gone, else `invalid` when the token is no refresh
 * token of the caller.
 */
export async function logout(caller: Identity, refresh: string, clock: Clock): Promise<void> {
  const token = await readToken('refresh', refresh, clock());
  const isOwn = token?.id === caller.id && token.username === caller.username;
  await Promise.all([requireAccount(caller), isOwn && revokeToken(token, token.expires_at)]);
  if (!isOwn) throw invalid({ refresh: ['This is not a valid refresh token of yours.'] });
}
