import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import { generateSigningKey } from './jwk.ts';

/** The private key set in a file, the signing key first. On first use it is made, for its owner's eyes only. */
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
