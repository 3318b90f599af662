/** The one algorithm that we sign with and accept. */
export const ALGORITHM = 'RS256';

/** The key type that the algorithm needs (RFC 7518, section 6.1). */
export const KEY_TYPE = 'RSA';

/** The kinds of token, never accepted in each other's place: their header `typ`, and their life in seconds. */
export const TOKENS = {
  access: { typ: 'at+jwt', lifetime: 60 * 60 },
  refresh: { typ: 'refresh+jwt', lifetime: 7 * 24 * 60 * 60 },
  /** Says that a device has logged in before; opens nothing by itself. */
  device: { typ: 'device+jwt', lifetime: 180 * 24 * 60 * 60 },
} as const;

export type TokenType = keyof typeof TOKENS;

/**
 * The `client_id` of every access token, which RFC 9068, section 2.2, wants: the one application that asks for tokens.
 * Accounts are told apart by `sub`.
 */
export const CLIENT_ID = 'careers';

/** The claims that every token of ours has. */
export const CLAIMS = ['iss', 'aud', 'sub', 'username', 'token_type', 'jti', 'iat', 'exp'] as const;
