import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestUser } from './users.ts';

type Json = Record<string, unknown>;

/** What a forged token differs in from the one that the user has: members set to `undefined` are left out. */
export interface Differences {
  /** Which of the user's tokens to start from; the access token unless given. */
  kind?: 'access' | 'refresh';
  header?: Json;
  payload?: Json;
  /** Who signs; our own key unless given. */
  signer?: (input: string) => string;
}

/** The private key that the service under test signs with. */
export const [signingKey] = JSON.parse(readFileSync(String(process.env.SIGNING_KEYS_FILE), 'utf8')).keys;

const ownKey = createPrivateKey({ key: signingKey, format: 'jwk' });
const strangerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

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

/** The header and payload of a token, unverified. */
export function readToken(token: string): { header: Json; payload: Json } {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? ''), payload: JSON.parse(payload ?? '') };
}

/** A token like the one that the user has, but for the differences. */
export function forge(user: TestUser, differences: Differences = {}): string {
  const { kind = 'access', header, payload, signer = signedByUs } = differences;
  const real = readToken(user[kind]);
  const input = [
    { ...real.header, ...header },
    { ...real.payload, ...payload },
  ]
    .map(encode)
    .join('.');
  return `${input}.${signer(input)}`;
}

/** A token with its payload changed, under the signature that it had. */
export function withPayload(token: string, change: Json): string {
  const [header, , signature] = token.split('.');
  return [header, encode({ ...readToken(token).payload, ...change }), signature].join('.');
}

const encode = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Seconds since 1970. */
export const seconds = () => Math.floor(Date.now() / 1000);
