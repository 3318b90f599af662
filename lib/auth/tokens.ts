import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { config } from '../config.ts';
import { ApiError } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import { ALGORITHM, CLAIMS, CLIENT_ID, TOKENS, type TokenType } from '../tokenRules.ts';
import { findPublicKey, loadSigningKey } from './keys.ts';

/**
 * Refresh and device tokens are for us alone. Verifiers that look at issuer and audience only, as API Gateway's JWT authorizers
 * do, would otherwise take one for an access token.
 */
const AUDIENCES = { access: config.AUDIENCE, refresh: config.ISSUER, device: config.ISSUER } satisfies Record<
  TokenType,
  string
>;

const Claims = v.object({
  sub: v.pipe(v.string(), v.regex(/^[1-9]\d{0,15}$/), v.transform(Number)),
  username: v.string(),
  token_type: v.picklist(Object.keys(TOKENS) as TokenType[]),
  jti: v.string(),
  exp: v.number(),
  sid: v.optional(v.string()),
  epoch: v.optional(v.pipe(v.number(), v.safeInteger()), 0),
  generation: v.optional(v.pipe(v.number(), v.safeInteger()), 0),
});

/** What a verified token says: the account that it was issued to, and which token it is. */
export interface VerifiedToken extends Caller {
  jti: string;
  /** How often the session was rotated before this refresh token; see rotation.ts. */
  generation: number;
  /** Seconds since 1970. */
  expires_at: number;
}

/** An access and a refresh token, as clients get them. */
export interface TokenPair {
  access: string;
  refresh: string;
}

/** What a token says beside the account, where that is not what every token says. */
interface Particulars {
  generation?: number;
  /** Seconds since 1970, where the token is to expire before the lifetime of its kind is over. */
  expires_at?: number;
}

/** Signs a token for the account and session, valid from `now` (ms) for the lifetime of its kind. */
export async function issueToken(
  kind: TokenType,
  { id, username, epoch, sid }: Caller,
  now: number,
  { generation, expires_at = Number.POSITIVE_INFINITY }: Particulars = {},
): Promise<string> {
  const { kid, key } = await loadSigningKey();
  const issued_at = toSeconds(now);
  const { typ, lifetime } = TOKENS[kind];
  const optional = {
    ...(sid && { sid }),
    ...(epoch && { epoch }),
    ...(generation && { generation }),
    ...(kind === 'access' && { client_id: CLIENT_ID }),
  };
  return new SignJWT({ username, token_type: kind, ...optional })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ })
    .setIssuer(config.ISSUER)
    .setAudience(AUDIENCES[kind])
    .setSubject(String(id))
    .setJti(randomUUID())
    .setIssuedAt(issued_at)
    .setExpirationTime(Math.min(issued_at + lifetime, expires_at))
    .sign(key);
}

/** Signs both kinds at once; see {@link issueToken}. */
export async function issueTokenPair(caller: Caller, now: number): Promise<TokenPair> {
  const [access, refresh] = await Promise.all([
    issueToken('access', caller, now),
    issueToken('refresh', caller, now),
  ]);
  return { access, refresh };
}

/**
 * Verifies signature, kind, issuer, audience and times of a token against `now` (ms); throws `token_not_valid`.
 * Whether the account is still there, and whether the token was revoked, is for the caller to look up.
 */
export async function verifyToken(kind: TokenType, token: string, now: number): Promise<VerifiedToken> {
  const verified = await readToken(kind, token, now);
  if (!verified) throw new ApiError('token_not_valid');
  return verified;
}

/** What {@link verifyToken} finds out; `undefined` for a token that is not valid. */
export async function readToken(
  kind: TokenType,
  token: string,
  now: number,
): Promise<VerifiedToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, findPublicKey, {
      algorithms: [ALGORITHM],
      issuer: config.ISSUER,
      audience: AUDIENCES[kind],
      typ: TOKENS[kind].typ,
      requiredClaims: [...CLAIMS],
      currentDate: new Date(now),
    });
    const claims = v.parse(Claims, payload);
    if (claims.token_type !== kind) return undefined;
    const { sub: id, username, jti, sid, epoch, generation, exp: expires_at } = claims;
    return { id, username, jti, sid, epoch, generation, expires_at };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof v.ValiError) return undefined;
    throw error;
  }
}
