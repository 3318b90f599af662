import { readFile } from 'node:fs/promises';
import { type CryptoKey, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import * as v from 'valibot';
import { config } from '../config.ts';

/** The one algorithm that we sign with and accept. */
export const ALGORITHM = 'RS256';

/** A private key, ready to sign, with the id that tells verifiers which public key fits. */
export interface SigningKey {
  kid: string;
  key: CryptoKey;
}

const PrivateKeySet = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    keys: v.pipe(v.array(v.looseObject({ kty: v.literal('RSA'), kid: v.string() })), v.nonEmpty()),
  }),
);

/** The public keys that verify our tokens, newest first. */
export const publicKeySet: JSONWebKeySet = config.PUBLIC_KEYS;

/** Finds the public key that a token's header names, in our own set and nowhere else. */
export const findPublicKey: JWTVerifyGetKey = createLocalJWKSet(publicKeySet);

let loading: Promise<SigningKey> | undefined;

/** The newest private key, loaded once per instance; a failed load is tried again by the next call. */
export function loadSigningKey(): Promise<SigningKey> {
  loading ??= readNewestKey().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function readNewestKey(): Promise<SigningKey> {
  const [jwk] = v.parse(PrivateKeySet, await readPrivateKeySet()).keys;
  if (!jwk) throw new Error('The private key set is empty.');
  return { kid: jwk.kid, key: (await importJWK(jwk, ALGORITHM)) as CryptoKey };
}

async function readPrivateKeySet(): Promise<string | undefined> {
  if (config.SIGNING_KEYS_FILE) return readFile(config.SIGNING_KEYS_FILE, 'utf8');
  const { readParameter } = await import('./parameters.ts');
  return readParameter(config.SIGNING_KEYS_PARAMETER);
}
