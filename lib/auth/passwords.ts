import { compare, getRounds, hash, truncates } from 'bcryptjs';
import { config } from '../config.ts';
import { mostUnits } from '../text.ts';

/** bcrypt's work factor: two to the power of this many rounds. */
const COST = config.PASSWORD_COST;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** No password that could be registered has more UTF-16 units, however it is spelled; a longer one is not looked at. */
const MOST_UNITS = mostUnits(72);

/** A hash that no password has: comparing with it takes the time that a real one of that cost takes. */
const nobodysHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one piece of bcrypt work after the other. It keeps the processor busy without a pause, so that doing several
 * at once would only keep answers of the database waiting until they seem lost.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

/** Hashes a password that passed the rules of fields.ts. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/**
 * Whether the password is the one that was hashed. Without a hash (no such account), and for a password that could
 * not have been registered, the answer is no, after the same work.
 */
export async function checkPassword(password: string, password_hash: string | undefined): Promise<boolean> {
  const normalised = password.slice(0, MOST_UNITS).normalize('NFC');
  const possible =
    password.length <= MOST_UNITS &&
    !truncates(normalised) &&
    !CONTROL_CHARACTER.test(normalised) &&
    normalised.isWellFormed();
  const compared = password_hash && possible ? password_hash : nobodysHash(COST);
  const matches = await inTurn(() => compare(normalised, compared));
  // Each cost is twice the one below: these add up to what an older hash took less.
  for (let cost = getRounds(compared); cost < COST; cost++) {
    await inTurn(() => compare(normalised, nobodysHash(cost)));
  }
  return matches && possible && password_hash !== undefined;
}

/** Whether a hash was made at a lower cost than today's. */
export function isOutdated(password_hash: string): boolean {
  return getRounds(password_hash) < COST;
}
