import * as v from 'valibot';
import { type Clock, toSeconds } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import type { Identity } from '../table/items.ts';
import { readTokenStanding, revokeToken } from '../table/revokedTokens.ts';
import { mostUnits, NOT_TEXT } from '../text.ts';
import { TOKENS } from '../tokenRules.ts';
import { viewUser } from '../users/views.ts';
import { checkCredentials } from './credentials.ts';
import { ownedBy, requireAccount } from './identity.ts';
import { logSecurity } from './securityLog.ts';
import { issueToken, issueTokenPair, readToken, type VerifiedToken, verifyToken } from './tokens.ts';

/** A username, in any case, and a password. Any text will do: a password that nobody can have is a wrong one. */
export const LoginRequest = v.object({
  username: v.pipe(
    v.string(NOT_TEXT),
    // What is longer is nobody's name, and normalising it would take long.
    v.transform((username) => (username.length <= mostUnits(150) ? username.normalize('NFC').trim() : '')),
  ),
  password: v.string(NOT_TEXT),
  device_token: v.optional(v.string(NOT_TEXT)),
});

/** A refresh token to be used or revoked. */
export const RefreshRequest = v.object({
  refresh: v.pipe(v.string(NOT_TEXT), v.nonEmpty('This field is required.')),
});

/**
 * The user of that name with new tokens. An unknown user and a wrong password fail alike, after the same work:
 * `no_active_account`. Failures are counted; see credentials.ts. Whoever
 * sends a `device_token`, be it an empty or an old one, gets one back that is good for the next login from this device.
 */
export async function login(
  { username, password, device_token }: v.InferOutput<typeof LoginRequest>,
  source_ip: string,
  clock: Clock,
) {
  const device = device_token ? await readToken('device', device_token, clock()) : undefined;
  const knows = device?.username.toLowerCase() === username.toLowerCase() ? device : undefined;
  const user = await checkCredentials({ username, password }, source_ip, clock, knows?.jti);
  const now = clock();
  return {
    user: viewUser(user),
    ...(await issueTokenPair(user, now)),
    ...(device_token !== undefined && {
      device_token: await renewDeviceToken(device_token, knows, user, now),
    }),
  };
}

/** The device token that came, or a new one where that is none of this account's, or past half of its life. */
async function renewDeviceToken(
  token: string,
  known: VerifiedToken | undefined,
  user: Identity,
  now: number,
): Promise<string> {
  const is_young = known?.id === user.id && known.expires_at - toSeconds(now) > TOKENS.device.lifetime / 2;
  return is_young ? token : issueToken('device', user, now);
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
 * Revokes the caller's refresh token for the rest of its life, and nothing else; doing so again succeeds too.
 * Throws `token_not_valid` when the caller's account is gone, else `invalid` when the token is no refresh
 * token of the caller.
 */
export async function logout(
  caller: Identity,
  refresh: string,
  source_ip: string,
  clock: Clock,
): Promise<void> {
  const token = await readToken('refresh', refresh, clock());
  const isOwn = token?.id === caller.id && token.username === caller.username;
  await Promise.all([requireAccount(caller), isOwn && revokeToken(token, token.expires_at)]);
  if (!isOwn) throw invalid({ refresh: ['This is not a valid refresh token of yours.'] });
  logSecurity('logged_out', caller, source_ip);
}
