import { createHash, pbkdf2Sync } from 'node:crypto';
import { hash } from 'bcryptjs';
import { expect, test } from 'vitest';
import { userKey } from '../../../lib/table/keys.ts';
import { post } from '../../support/api.ts';
import { OWN_HASH, PASSWORD_COST } from '../../support/passwords.ts';
import { readItem, writeItem } from '../../support/table.ts';
import { newUser, uniqueName } from '../../support/users.ts';

const ITERATIONS = 100_000;
const COST = 11;

Object.assign(process.env, { IMPORTED_ITERATIONS: String(ITERATIONS), IMPORTED_COST: String(COST) });

const HASHERS: Record<string, (password: string) => Promise<string>> = {
  pbkdf2_sha256: async (password) =>
    `pbkdf2_sha256$${ITERATIONS}$salt$${pbkdf2Sync(password, 'salt', ITERATIONS, 32, 'sha256').toString('base64')}`,
  'pbkdf2_sha256, older': async (password) =>
    `pbkdf2_sha256$1000$salt$${pbkdf2Sync(password, 'salt', 1000, 32, 'sha256').toString('base64')}`,
  bcrypt_sha256: async (password) =>
    `bcrypt_sha256$${await hash(createHash('sha256').update(password).digest('hex'), COST)}`,
  bcrypt: (password) => hash(password, COST),
  ours: (password) => hash(password, Number(PASSWORD_COST)),
};

async function importedUser(hasher: string) {
  const user = await newUser();
  const password_hash = await HASHERS[hasher]?.(user.password);
  await writeItem({ ...(await readItem(userKey(user.username))), password_hash });
  return user;
}

const hashOf = async (username: string) => (await readItem(userKey(username)))?.password_hash;

const logIn = (username: string, password: string, source_ip = '192.0.2.1') =>
  post('/login/', { username, password }, { source_ip });

test.each(Object.keys(HASHERS))(
  'whoever has an imported password, %s, logs in with it and gets it renewed',
  async (hasher) => {
    const { username, password } = await importedUser(hasher);
    expect((await logIn(username, 'wrong-password')).status).toBe(401);
    const before = await hashOf(username);
    expect((await logIn(username, password)).status).toBe(200);
    expect(await hashOf(username)).toMatch(OWN_HASH);
    expect((await hashOf(username)) === before).toBe(hasher === 'ours');
    expect((await logIn(username, password)).status).toBe(200);
  },
);

const PAIRS = 14;
let addresses = 0;

/** How long a wrong login takes, from an address of its own. */
async function timeWrongLogin(username: string): Promise<number> {
  const start = performance.now();
  await logIn(username, 'wrong-password', `10.1.${addresses >> 8}.${addresses++ & 255}`);
  return performance.now() - start;
}

test.each(['pbkdf2_sha256, older', 'bcrypt_sha256', 'ours'])(
  'a login with a name whose password is %s and one with an unknown name cannot be told apart',
  { timeout: 180_000 },
  async (hasher) => {
    const { username } = await importedUser(hasher);
    const ratios: number[] = [];
    for (let n = 0; n < PAIRS; n++) {
      const names = n % 2 ? [username, uniqueName()] : [uniqueName(), username];
      const times = [await timeWrongLogin(names[0] ?? ''), await timeWrongLogin(names[1] ?? '')];
      const [known = 0, unknown = 0] = n % 2 ? times : times.toReversed();
      ratios.push(known / unknown);
    }
    const median = ratios.toSorted((a, b) => a - b)[PAIRS / 2];
    expect(median).toBeGreaterThan(0.8);
    expect(median).toBeLessThan(1.25);
  },
);
