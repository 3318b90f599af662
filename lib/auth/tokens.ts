import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { config } from '../config.ts';
import { TokenNotValid } from '../errors.ts';
import { ALGORITHM, findPublicKey, loadSigningKey } from './keys.ts';

/** The two kinds of token, never accepted in each other's place. */
export type TokenType = 'access' | 'refresh';

/**
 * Refresh tokens are for us alone. Verifiers that look at issuer and audience only, as API Gateway's JWT authorizers
 * do, would otherwise take one for an access token.
 */
const KINDS = {
  access: { typ: 'at+jwt', audience: config.AUDIENCE, lifetime: 60 * 60 },
  refresh: { typ: 'refresh+jwt', audience: config.ISSUER, lifetime: 7 * 24 * 60 * 60 },
} as const satisfies Record<TokenType, { typ: string; audience: string; lifetime: number }>;

const Claims = v.object({
  sub: v.pipe(v.string(), v.regex(/^[1-9]\d{0,15}$/), v.transform(Number)),
  username: v.string(),
  token_type: v.picklist(['access', 'refresh']),
  jti: v.string(),
  exp: v.number(),
});

/** What a verified token says. */
export interface VerifiedToken {
  /** The account that it was issued to. */
  id: number;
  username: string;
  jti: string;
  /** Seconds since 1970. */
  expires_at: number;
}

/** An access and a refresh token, as clients get them. */
export interface TokenPair {
  access: string;
  refresh: string;
}

/** Signs a token for the account, valid from `now` (ms) for the lifetime of its kind. */
export async function issueToken(
  kind: TokenType,
  account: { id: number; username: string },
  now: number,
): Promise<string> {
  const { kid, key } = await loadSigningKey();
  const issued_at = toSeconds(now);
  const { typ, audience, lifetime } = KINDS[kind];
  return new SignJWT({ username: account.username, token_type: kind })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ })
    .setIssuer(config.ISSUER)
    .setAudience(audience)
    .setSubject(String(account.id))
    .setJti(randomUUID())
    .setIssuedAt(issued_at)
    .setExpirationTime(issued_at + lifetime)
    .sign(key);
}

/** Signs both kinds at once; see {@link issueToken}. */
export async function issueTokenPair(
  account: { id: number; username: string },
  now: number,
): Promise<TokenPair> {
  const [access, refresh] = await Promise.all([
    issueToken('access', account, now),
    issueToken('refresh', account, now),
  ]);
  return { access, refresh };
}

/**
 * Verifies signature, kind, issuer, audience and times of a token against `now` (ms); throws `TokenNotValid`.
 * Whether the account is still there, and whether the token was revoked, is for the caller to look up.
 */
export async function verifyToken(kind: TokenType, token: string, now: number): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify(token, findPublicKey, {
      algorithms: [ALGORITHM],
      issuer: config.ISSUER,
      audience: KINDS[kind].audience,
      typ: KINDS[kind].typ,
      requiredClaims: ['sub', 'username', 'token_type', 'jti', 'iat', 'exp'],
      currentDate: new Date(now),
    });
    const claims = v.parse(Claims, payload);
    if (claims.token_type !== kind) throw new TokenNotValid();
    return { id: claims.sub, username: claims.username, jti: claims.jti, expires_at: claims.exp };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof v.ValiError) throw new TokenNotValid();
    throw error;
  }
}
