import { compare, getRounds, hash, truncates } from 'bcryptjs';
import { config } from '../config.ts';
import { mostUnits } from '../text.ts';
import { bcryptInput, derivesTo, type ImportedHash, readImportedHash } from './importedHashes.ts';

/** bcrypt's work factor: two to the power of this many rounds. */
const COST = config.PASSWORD_COST;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** No password that could be registered has more UTF-16 units, however it is spelled; a longer one is not looked at. */
const MOST_UNITS = mostUnits(72);

/** A hash that no password has: comparing with it takes the time that a real one of that cost takes. */
const nobodysHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

/** Stands for the password of an account that has none: no password is right. */
export const NO_PASSWORD = nobodysHash(COST);

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
 * Whether the password is the one that was hashed, by us or, where it was imported, by Django. Without a hash (no such
 * account), and for a password that could not have been registered, the answer is no, after the same work. The dearest
 * imported hash decides what is the same for all, as far as the deployment says what it takes.
 */
export async function checkPassword(password: string, password_hash: string | undefined): Promise<boolean> {
  const imported = password_hash === undefined ? undefined : readImportedHash(password_hash);
  const typed = password.slice(0, MOST_UNITS);
  const possible =
    password.length <= MOST_UNITS && typed.isWellFormed() && (imported !== undefined || isOurs(typed));
  const derived = await derivesFrom(typed, imported);
  const compared = await comparesWith(typed, imported, possible ? password_hash : undefined);
  return possible && (imported?.algorithm === 'pbkdf2_sha256' ? derived : compared);
}

/** Whether a password could be hashed by us. */
function isOurs(password: string): boolean {
  const normalised = password.normalize('NFC');
  return !truncates(normalised) && !CONTROL_CHARACTER.test(normalised);
}

/** The part of the work that is PBKDF2: that of the hash, if it has any, and what it lacks to the dearest one. */
async function derivesFrom(typed: string, imported: ImportedHash | undefined): Promise<boolean> {
  const hashed = imported?.algorithm === 'pbkdf2_sha256' ? imported : undefined;
  const matches = hashed ? await inTurn(() => derivesTo(typed, hashed)) : false;
  const iterations = config.IMPORTED_ITERATIONS - (hashed?.iterations ?? 0);
  const nobodys = { iterations, salt: 'nobody', digest: Buffer.alloc(32) };
  if (iterations > 0) await inTurn(() => derivesTo(typed, nobodys));
  return matches;
}

/** The part of the work that is bcrypt: with the hash, or with nobody's, and what that costs less than the dearest one. */
async function comparesWith(
  typed: string,
  imported: ImportedHash | undefined,
  password_hash: string | undefined,
): Promise<boolean> {
  // Django hashes a password as it was typed, we as Unicode normalises it.
  const input = imported?.algorithm === 'bcrypt_sha256' ? bcryptInput(typed) : typed.normalize('NFC');
  const hashed = imported?.algorithm === 'bcrypt_sha256' ? imported.bcrypt : password_hash;
  const compared = hashed && imported?.algorithm !== 'pbkdf2_sha256' ? hashed : NO_PASSWORD;
  const matches = await inTurn(() => compare(input, compared));
  // Each cost is twice the one below: these add up to what a cheaper hash took less.
  for (let cost = getRounds(compared); cost < Math.max(COST, config.IMPORTED_COST); cost++) {
    await inTurn(() => compare(input, nobodysHash(cost)));
  }
  return matches;
}

/**
 * A hash as they are made today of a password that is right; `undefined` where the account has such a one, and where the
 * password is longer than ours may be, as an imported one can be. What was dearer is renewed as well: as long as it
 * stays, it takes longer to compare than nobody's.
 */
export async function renewHash(password: string, password_hash: string): Promise<string | undefined> {
  const is_current = !readImportedHash(password_hash) && getRounds(password_hash) === COST;
  if (is_current || !isOurs(password)) return undefined;
  return hashPassword(password.normalize('NFC'));
}
