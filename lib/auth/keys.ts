import { readFile } from 'node:fs/promises';
import { type CryptoKey, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import * as v from 'valibot';
import { config } from '../config.ts';
import { Defect } from '../problems.ts';
import { ALGORITHM, KEY_TYPE } from '../tokenRules.ts';

/** A private key, ready to sign, with the id that tells verifiers which public key fits. */
export interface SigningKey {
  kid: string;
  key: CryptoKey;
}

const PrivateKeySet = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    keys: v.pipe(v.array(v.looseObject({ kty: v.literal(KEY_TYPE), kid: v.string() })), v.nonEmpty()),
  }),
);

/** The public keys that verify our tokens. The first one decides which private key signs. */
const publicKeySet: JSONWebKeySet = config.PUBLIC_KEYS;

/** Finds the public key that a token's header names, in our own set and nowhere else. */
export const findPublicKey: JWTVerifyGetKey = createLocalJWKSet(publicKeySet);

let loading: Promise<SigningKey> | undefined;

/**
 * The private half of the first public key, loaded once per instance; a failed load is tried again by the next call.
 * So nothing is ever signed that the key set of the same deployment does not verify. Throws {@link Defect} when the
 * private key set lacks that key.
 */
export function loadSigningKey(): Promise<SigningKey> {
  loading ??= readSigningKey().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function readSigningKey(): Promise<SigningKey> {
  const [first] = config.PUBLIC_KEYS.keys;
  const { keys } = v.parse(PrivateKeySet, await readPrivateKeySet());
  const jwk = keys.find(({ kid, n }) => kid === first?.kid && n === first.n);
  if (!jwk)
    throw new Defect(`The private key set lacks the private half of ${first?.kid}, the first public key.`);
  return { kid: jwk.kid, key: (await importJWK(jwk, ALGORITHM)) as CryptoKey };
}

async function readPrivateKeySet(): Promise<string | undefined> {
  if (config.SIGNING_KEYS_FILE) return readFile(config.SIGNING_KEYS_FILE, 'utf8');
  const { readParameter } = await import('./parameters.ts');
  return readParameter(config.SIGNING_KEYS_PARAMETER);
}
