import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

const ALGORITHM = 'RS256';

/** Makes a private key for RS256, as a JWK with an id of its own. */
export async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { kid: randomUUID(), use: 'sig', alg: ALGORITHM, ...(await exportJWK(privateKey)) };
}

/** The public halves of a private key set, in the same order. */
export function publicKeys({ keys }: JSONWebKeySet): JSONWebKeySet {
  return { keys: keys.map(({ kty, kid, use, alg, n, e }) => ({ kty, kid, use, alg, n, e }) as JWK) };
}
