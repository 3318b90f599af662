import type { JWK } from 'jose';
import { TOKENS } from '../../lib/tokenRules.ts';
import { generateSigningKey } from './jwk.ts';

/** A private key. Times are in UTC. */
export interface SigningKey extends JWK {
  /** When another key was promoted: once that is deployed, this one only verifies. */
  superseded_at?: string;
  /** When the deployment of that other key was noted: this one has signed nothing since. */
  deployed_at?: string;
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

/**
 * When the last token of a superseded key expires, in milliseconds since 1970; `undefined` until it is noted that the
 * key no longer signs anywhere.
 */
export const retirableAt = ({ deployed_at }: SigningKey) =>
  deployed_at === undefined ? undefined : Date.parse(deployed_at) + OVERLAP;

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

/** Notes that the keys were deployed as they are, by `now` (ms): superseded keys no longer sign. */
export function noteDeployment(ring: KeyRing, now: number): KeyRing {
  const isNews = (key: SigningKey) => roleOf(key, ring) === 'verifies' && key.deployed_at === undefined;
  if (!ring.some(isNews)) throw new RotationRefused('No key has been promoted since the last note.');
  return ring.map((key) => (isNews(key) ? { ...key, deployed_at: new Date(now).toISOString() } : key));
}

/** Drops a waiting key, which has signed nothing yet: one that leaked, say. */
export function dropKey(ring: KeyRing, kid: string): KeyRing {
  const key = ring.find((candidate) => candidate.kid === kid);
  if (!key) throw new RotationRefused(`There is no key ${kid}.`);
  const role = roleOf(key, ring);
  if (role === 'signs')
    throw new RotationRefused(`The key ${kid} signs: promote another one, then retire it.`);
  if (role === 'verifies') throw new RotationRefused(`The key ${kid} has signed tokens: retire it instead.`);
  return ring.filter((candidate) => candidate !== key);
}

/**
 * Drops the superseded keys whose tokens have all expired by `now` (ms). With `early`, for a key that leaked, also those
 * whose tokens have not: everybody whose tokens they signed must log in again.
 */
export function retireKeys(ring: KeyRing, now: number, { early = false } = {}): KeyRing {
  const superseded = ring.filter((key) => roleOf(key, ring) === 'verifies');
  if (superseded.length === 0) throw new RotationRefused('No key is superseded: there is nothing to retire.');
  const retired = superseded.filter((key) => early || (retirableAt(key) ?? Number.POSITIVE_INFINITY) <= now);
  if (retired.length === 0) {
    const [next] = superseded.flatMap((key) => retirableAt(key) ?? []).sort((a, b) => a - b);
    if (next === undefined) {
      throw new RotationRefused(
        'The old key may still sign somewhere. Once the new one is deployed, run deployed: the 8 days count from then.',
      );
    }
    throw new RotationRefused(
      `Tokens of the old key may be in use until ${new Date(next).toISOString()}. Has it leaked? Then retire --now.`,
    );
  }
  return ring.filter((key) => !retired.includes(key));
}
