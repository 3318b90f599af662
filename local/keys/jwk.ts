import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import { ALGORITHM } from '../../lib/tokenRules.ts';

/** The private members of a JWK (RFC 7518, section 6), and our own notes of how a key was superseded. */
const NOT_FOR_VERIFIERS = new Set([
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'oth',
  'k',
  'superseded_at',
  'deployed_at',
]);

/** Makes a private key, as a JWK with an id of its own. */
export async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { kid: randomUUID(), use: 'sig', alg: ALGORITHM, ...(await exportJWK(privateKey)) };
}

/** The public halves of a private key set, in the same order. */
export function publicKeys({ keys }: JSONWebKeySet): JSONWebKeySet {
  return { keys: keys.map(publicHalf) };
}

function publicHalf(key: JWK): JWK {
  const members = Object.entries(key).filter(([name]) => !NOT_FOR_VERIFIERS.has(name));
  return Object.fromEntries(members) as unknown as JWK;
}

/** What functions find in their environment of these keys; a secret that is made from them serves for pseudonyms. */
export const keyEnvironment = (keys: JSONWebKeySet) => ({
  PUBLIC_KEYS: JSON.stringify(publicKeys(keys)),
  PSEUDONYM_SECRET: createHash('sha256').update(JSON.stringify(keys.keys[0])).digest('base64url'),
});
