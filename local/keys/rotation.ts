import type { JWK } from 'jose';
import { TOKENS } from '../../lib/tokenRules.ts';
import { generateSigningKey } from './jwk.ts';

/** A private key; `superseded_at` (UTC) is when another one took over signing. */
export interface SigningKey extends JWK {
  superseded_at?: string;
}

/** The private keys of a stage: the first one signs, all verify. */
export type KeyRing = readonly SigningKey[];

/** A step cannot be taken now; the message says why, and what can be. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
}

const DAY = 24 * 60 * 60 * 1000;

/** How long a superseded key still verifies: for a refresh token's life, and a day for deployments and caches. */
const OVERLAP = TOKENS.refresh.lifetime * 1000 + DAY;

/** What a key does at present: sign, wait until verifiers know it, or verify what it once signed. */
export function roleOf(key: SigningKey, ring: KeyRing): 'signs' | 'waits' | 'verifies' {
  if (key === ring[0]) return 'signs';
  return key.superseded_at ? 'verifies' : 'waits';
}

/** When the last token of a superseded key expires, in milliseconds since 1970. */
export const retirableAt = ({ superseded_at = '' }: SigningKey) => Date.parse(superseded_at) + OVERLAP;

/** Adds a key, which waits unless it is the first of all. One key waits at a time. */
export async function addKey(ring: KeyRing): Promise<KeyRing> {
  const waiting = ring.find((key) => roleOf(key, ring) === 'waits');
  if (waiting) throw new RotationRefused(`The key ${waiting.kid} is already waiting: promote it first.`);
  return [...ring, await generateSigningKey()];
}

/** Lets the waiting key sign from `now` (ms) on; the one that signed until now goes on verifying. */
export function promoteKey(ring: KeyRing, now: number): KeyRing {
  const [signing, ...others] = ring;
  const waiting = others.find((key) => roleOf(key, ring) === 'waits');
  if (!signing || !waiting) throw new RotationRefused('No key is waiting: add one first.');
  const superseded = { ...signing, superseded_at: new Date(now).toISOString() };
  return [waiting, superseded, ...others.filter((key) => key !== waiting)];
}

/**
 * Drops the superseded keys whose tokens have all expired by `now` (ms). With `early`, for a key that leaked, also those
 * whose tokens have not: everybody whose tokens they signed must log in again.
 */
export function retireKeys(ring: KeyRing, now: number, { early = false } = {}): KeyRing {
  const superseded = ring.filter((key) => roleOf(key, ring) === 'verifies');
  const retired = superseded.filter((key) => early || retirableAt(key) <= now);
  const next = superseded.map(retirableAt).sort()[0];
  if (next === undefined) throw new RotationRefused('No key is superseded: there is nothing to retire.');
  if (retired.length === 0) {
    throw new RotationRefused(
      `Tokens of the old key may be in use until ${new Date(next).toISOString()}. Has it leaked? Then retire --now.`,
    );
  }
  return ring.filter((key) => !retired.includes(key));
}
