import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestUser } from './api.ts';

type Json = Record<string, unknown>;

/** What a forged token differs in from a good one: members set to `undefined` are left out. */
export interface Differences {
  header?: Json;
  payload?: Json;
  /** Who signs; our own key unless given. */
  signer?: (input: string) => string;
}

const [ownJwk] = JSON.parse(readFileSync(String(process.env.SIGNING_KEYS_FILE), 'utf8')).keys;
const ownKey = createPrivateKey({ key: ownJwk, format: 'jwk' });
const strangerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const rs256 = (key: KeyObject) => (input: string) =>
  sign('sha256', Buffer.from(input), key).toString('base64url');

/** Signs with our own key. */
const signedByUs = rs256(ownKey);

/** Signs with a key that is none of ours. */
export const signedByAStranger = rs256(strangerKey);

/** The public half of the stranger's key, as a token's header may offer it. */
export const strangersJwk = createPublicKey(strangerKey).export({ format: 'jwk' });

/** Leaves the signature empty. */
export const unsigned = () => '';

/** Signs with our public key as if it were a shared secret. */
export function signedWithPublicKeyAsSecret(format: 'pem' | 'der'): (input: string) => string {
  const key = createPublicKey(ownKey);
  const type = 'spki';
  const secret = format === 'pem' ? key.export({ type, format }) : key.export({ type, format });
  return (input) => createHmac('sha256', secret).update(input).digest('base64url');
}

/** A token as we would issue it to a user now, but for the differences. */
export function forge(
  { id, username }: Pick<TestUser, 'id' | 'username'>,
  { header = {}, payload = {}, signer = signedByUs }: Differences = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: process.env.ISSUER,
    aud: process.env.AUDIENCE,
    sub: String(id),
    username,
    token_type: 'access',
    jti: randomUUID(),
    iat: now,
    exp: now + 3600,
    ...payload,
  };
  const input = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: ownJwk.kid, ...header })}.${encode(claims)}`;
  return `${input}.${signer(input)}`;
}

/** A token with its payload exchanged, under the signature that it had. */
export function withPayload(token: string, change: Json): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, encode({ ...claims, ...change }), signature].join('.');
}
