import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

/** Makes a private key for RS256, as a JWK with an id of its own. */
export async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { kid: randomUUID(), use: 'sig', alg: 'RS256', ...(await exportJWK(privateKey)) };
}

/** The public halves of a private key set, in the same order. */
export function publicKeys({ keys }: JSONWebKeySet): JSONWebKeySet {
  return { keys: keys.map(({ kty, kid, use, alg, n, e }) => ({ kty, kid, use, alg, n, e }) as JWK) };
}

/** The private key set in a file, the key that signs first; made on first use, readable by its owner only. */
export async function readOrCreateKeys(file: string): Promise<JSONWebKeySet> {
  const found = await readKeys(file);
  if (found) return found;
  const keys: JSONWebKeySet = { keys: [await generateSigningKey()] };
  await writeKeys(file, keys);
  return keys;
}

/** The private key set in a file; `undefined` without the file. */
export async function readKeys(file: string): Promise<JSONWebKeySet | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Replaces the file at once, so that no reader ever sees half of it. */
export async function writeKeys(file: string, keys: JSONWebKeySet): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(keys, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
