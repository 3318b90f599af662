import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { type Clock, toSeconds, toTimestamp } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import { revokeToken } from '../table/revokedTokens.ts';
import {
  beginEpoch,
  deleteSession,
  insertSession,
  readSessions,
  readTokenStanding,
  type Session,
} from '../table/sessions.ts';
import type { User } from '../table/users.ts';
import { line, mostUnits, NOT_TEXT } from '../text.ts';
import { TOKENS } from '../tokenRules.ts';
import { Timestamp, viewUser } from '../users/views.ts';
import { checkCredentials } from './credentials.ts';
import { ownedBy, requireAccount } from './identity.ts';
import { loadSigningKey } from './keys.ts';
import { useRefreshToken } from './rotation.ts';
import { logSecurity } from './securityLog.ts';
import { issueToken, issueTokenPair, readToken, type VerifiedToken, verifyToken } from './tokens.ts';

/** Most sessions of one user: when another begins, the one unused longest ends. */
const MOST_SESSIONS = 100;

/** Longest name of a device, in characters. */
const LONGEST_DEVICE = 100;

/** What the user is to know the device by. */
export const Device = line(LONGEST_DEVICE);

/** A username, in any case, and a password. Any text will do: a password that nobody can have is a wrong one. */
export const LoginRequest = v.object({
  username: v.pipe(
    v.string(NOT_TEXT),
    // What is longer is nobody's name, and normalising it would take long.
    v.transform((username) => (username.length <= mostUnits(150) ? username.normalize('NFC').trim() : '')),
  ),
  password: v.string(NOT_TEXT),
  device: v.optional(Device),
  device_token: v.optional(v.string(NOT_TEXT)),
});

const RefreshToken = v.pipe(v.string(NOT_TEXT), v.nonEmpty('This field is required.'));

/** A refresh token to be revoked. */
export const LogoutRequest = v.object({ refresh: RefreshToken });

/** A refresh token to be used; with `rotate`, another one is answered that takes its place. */
export const RefreshRequest = v.object({
  refresh: RefreshToken,
  rotate: v.optional(v.boolean('This must be true or false.'), false),
});

/** A session as its user sees it. */
export const SessionView = v.object({
  id: v.string(),
  device: v.string(),
  created_at: Timestamp,
  last_used_at: Timestamp,
  is_current: v.boolean(),
});

/** Where a request comes from, as far as sessions are concerned. */
interface Origin {
  source_ip: string;
  user_agent: string;
  clock: Clock;
}

/** A session that begins now (ms) on a device, which is known by what the client says it is unless it has a name. */
export function beginSession(
  epoch: number,
  now: number,
  device: string | undefined,
  user_agent: string,
): Session {
  const sent = user_agent.slice(0, mostUnits(LONGEST_DEVICE)).toWellFormed().replace(/\p{C}/gu, '');
  return {
    sid: randomBytes(9).toString('base64url'),
    device: device || [...sent].slice(0, LONGEST_DEVICE).join('').trim(),
    epoch,
    created_at: now,
    last_used_at: now,
    generation: 0,
    expires_at: toSeconds(now) + TOKENS.refresh.lifetime,
  };
}

/**
 * The user of that name with new tokens, in a session of its own. An unknown user and a wrong password fail alike, after
 * the same work: `no_active_account`; a suspended account tells whoever has the password. Failures are counted; see
 * credentials.ts. Whoever sends a `device_token`, be it an
 * empty or an old one, gets one back that is good for the next login from this device.
 */
export async function login(
  { username, password, device, device_token }: v.InferOutput<typeof LoginRequest>,
  { source_ip, user_agent, clock }: Origin,
) {
  const known = device_token ? await readToken('device', device_token, clock()) : undefined;
  const own = known?.username.toLowerCase() === username.toLowerCase() ? known : undefined;
  const user = await checkCredentials({ username, password }, source_ip, clock, own?.jti);
  const now = clock();
  const session = beginSession(user.epoch, now, device, user_agent);
  await Promise.all([insertSession(user.username, session), makeRoom(user.username, session)]);
  return {
    user: viewUser(user),
    ...(await issueTokenPair({ ...user, sid: session.sid }, now)),
    ...(device_token !== undefined && { device_token: await renewDeviceToken(device_token, own, user, now) }),
  };
}

/** Makes room for a session that begins; it may be among those that are read already. */
async function makeRoom(username: string, { sid: begun, created_at: now }: Session): Promise<void> {
  const others = (await readSessions(username, now)).filter(({ sid }) => sid !== begun);
  const excess = others.toSorted((a, b) => b.last_used_at - a.last_used_at).slice(MOST_SESSIONS - 1);
  await Promise.all(excess.map((session) => deleteSession(username, session)));
}

/** The device token that came, or a new one where that is none of this account's, or past half of its life. */
async function renewDeviceToken(
  token: string,
  known: VerifiedToken | undefined,
  { id, username }: User,
  now: number,
): Promise<string> {
  const is_young = known?.id === id && known.expires_at - toSeconds(now) > TOKENS.device.lifetime / 2;
  return is_young ? token : issueToken('device', { id, username, epoch: 0 }, now);
}

/**
 * A new access token for a refresh token that verifies, was not revoked, and whose session and account are still there;
 * with `rotate` also the refresh token that takes its place. See rotation.ts. Throws `account_suspended` to whoever has
 * a token of such an account.
 */
export async function refreshAccess(
  { refresh, rotate }: v.InferOutput<typeof RefreshRequest>,
  clock: Clock,
): Promise<{ access: string; refresh?: string }> {
  const now = clock();
  const token = await verifyToken('refresh', refresh, now);
  const { account, session, ended } = await readTokenStanding(token, now);
  if (account?.id === token.id && account.suspended_at !== undefined) throw new ApiError('account_suspended');
  ownedBy(token, account);
  if (ended) throw new ApiError('token_not_valid');
  const used = session && (await useRefreshToken(token, session, now, rotate));
  const access = await issueToken('access', token, now);
  if (!rotate) return { access };
  // A token of the first release has no session that could tell how often it was used: it stays the one that it is.
  if (!used) return { access, refresh };
  const child = { generation: token.generation + 1, expires_at: used.expires_at };
  return { access, refresh: await issueToken('refresh', token, now, child) };
}

/**
 * Ends the session of the caller's refresh token, and nothing else; again with the same token succeeds again. Throws
 * `token_not_valid` when the caller's account is gone, else `invalid` when the token is no refresh token of the caller.
 */
export async function logout(
  caller: Caller,
  refresh: string,
  { source_ip, clock }: Omit<Origin, 'user_agent'>,
): Promise<void> {
  const token = await readToken('refresh', refresh, clock());
  const isOwn = token?.id === caller.id && token.username === caller.username && token.epoch === caller.epoch;
  await Promise.all([requireAccount(caller), isOwn && endSessionOf(token)]);
  if (!isOwn) throw invalid({ refresh: ['This is not a valid refresh token of yours.'] });
  logSecurity('logged_out', caller, source_ip);
}

const endSessionOf = ({ username, epoch, sid, jti, expires_at }: VerifiedToken): Promise<unknown> =>
  sid === undefined ? revokeToken({ username, jti }, expires_at) : deleteSession(username, { sid, epoch });

/** The caller's sessions, newest first. */
export async function listSessions(caller: Caller, clock: Clock) {
  const [account, sessions] = await Promise.all([
    requireAccount(caller),
    readSessions(caller.username, clock(), { consistent: true }),
  ]);
  const live = sessions.filter(({ epoch }) => epoch === account.epoch);
  return {
    count: live.length,
    results: live
      .toSorted((a, b) => b.created_at - a.created_at)
      .map(({ sid, device, created_at, last_used_at }) => ({
        id: sid,
        device,
        created_at: toTimestamp(created_at),
        last_used_at: toTimestamp(last_used_at),
        is_current: sid === caller.sid,
      })),
  };
}

/** Ends one session of the caller: its refresh token is refused at once. Throws `not_found` when there is none. */
export async function endSession(caller: Caller, sid: string): Promise<void> {
  const { username, epoch } = caller;
  const [, ended] = await Promise.all([requireAccount(caller), deleteSession(username, { sid, epoch })]);
  if (!ended) throw new ApiError('not_found', { detail: 'There is no such session.' });
}

/**
 * Ends all sessions but the caller's, at once: every token of the account is refused by every endpoint but the ones
 * that are answered. Throws `token_not_valid` when the caller's own session has ended.
 */
export async function endOtherSessions(caller: Caller, { source_ip, clock }: Omit<Origin, 'user_agent'>) {
  const now = clock();
  // Nobody is logged out everywhere because of a key that cannot be had.
  await loadSigningKey();
  const expires_at = toSeconds(now) + TOKENS.refresh.lifetime;
  if (!(await beginEpoch(caller, now, expires_at))) throw new ApiError('token_not_valid');
  logSecurity('other_sessions_ended', caller, source_ip);
  return issueTokenPair({ ...caller, epoch: caller.epoch + 1 }, now);
}
