import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { ApiError, InvalidInput, TokenNotValid } from '../errors.ts';
import { clearFailedLogins, countFailedLogin, readLoginStanding } from '../table/failedLogins.ts';
import { readTokenStanding, revokeToken } from '../table/revokedTokens.ts';
import { replacePasswordHash, type User } from '../table/users.ts';
import { NOT_TEXT } from '../text.ts';
import { type Identity, requireAccount } from './accounts.ts';
import { loginAttempt, refuseWhenThrottled } from './loginThrottle.ts';
import { checkPassword, hashPassword, isOutdated } from './passwords.ts';
import { issueToken, issueTokenPair, type TokenPair, verifyToken } from './tokens.ts';

/** A username, in any case, and a password: any text, for what cannot be right is simply wrong. */
export const LoginRequest = v.object({
  username: v.pipe(
    v.string(NOT_TEXT),
    v.transform((username) => username.normalize('NFC').trim()),
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
): Promise<{ user: User } & TokenPair> {
  const attempt = loginAttempt(username, source_ip);
  const { user, failures } = await readLoginStanding(attempt, clock());
  refuseWhenThrottled(failures, clock());

  const matches = await checkPassword(password, user?.password_hash);
  if (!user || !matches) {
    await countFailedLogin(attempt, clock());
    throw new ApiError('no_active_account', 'There is no active account with these credentials.');
  }
  await clearFailedLogins(attempt, failures.username_and_address);
  if (isOutdated(user.password_hash)) {
    await replacePasswordHash(user, await hashPassword(password.normalize('NFC')));
  }
  return { user, ...(await issueTokenPair(user, clock())) };
}

/** A new access token for a refresh token that verifies, is not revoked and whose account is still there. */
export async function refreshAccess(refresh: string, clock: Clock): Promise<{ access: string }> {
  const now = clock();
  const token = await verifyToken('refresh', refresh, now);
  const { account_id, revoked } = await readTokenStanding(token, now);
  if (revoked || account_id !== token.id) throw new TokenNotValid();
  return { access: await issueToken('access', token, now) };
}

/**
 * Revokes the caller's refresh token for the rest of its life, and nothing else; again with the same token succeeds
 * again. Throws `invalid` when it is no refresh token of the caller, who must still have an account.
 */
export async function logout(caller: Identity, refresh: string, clock: Clock): Promise<void> {
  const token = await verifyOwnRefreshToken(caller, refresh, clock()).catch(async (error) => {
    await requireAccount(caller);
    throw error;
  });
  await Promise.all([requireAccount(caller), revokeToken(token, token.expires_at)]);
}

async function verifyOwnRefreshToken(caller: Identity, refresh: string, now: number) {
  const token = await verifyToken('refresh', refresh, now).catch((error) => {
    throw error instanceof TokenNotValid ? notYours() : error;
  });
  if (token.id !== caller.id || token.username !== caller.username) throw notYours();
  return token;
}

const notYours = () => new InvalidInput({ refresh: ['This is not a valid refresh token of yours.'] });
