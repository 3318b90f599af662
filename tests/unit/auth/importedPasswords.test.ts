import { hash } from 'bcryptjs';
import { expect, test } from 'vitest';
import { checkPassword, NO_PASSWORD, renewHash } from '../../../lib/auth/passwords.ts';
import { OWN_HASH } from '../../support/passwords.ts';

const PASSWORD = 'lètmein-please';

/** 101 bytes. */
const LONG =
  'VSK0UYV6FFQVZ0KG88DYN9WADAADZO1CTSIVDJUNZSUML6IBX7LN7ZS3R5JGB3RGZ7VI7G7DJQ9NI8BQFSRPTG6UWTTVESA5ZPUN';

/** What Django 5.2 with bcrypt 5.0 has made of {@link PASSWORD}. */
const HASHES = {
  pbkdf2_sha256: 'pbkdf2_sha256$1000000$IJjmtdTdkYtVHyKExWiDEs$f/J7r6gtS9P02Sk9sn3tm2yKGKu33FUig3AO68Dwelw=',
  bcrypt_sha256: 'bcrypt_sha256$$2b$12$Aaai0piSLO/jIg/Ky2O.7eUe7pw/CMRi9mgdfgoSrPdUTZlbMjxlG',
  bcrypt: '$2b$12$WQyTnlz8RyV.IL.3isxrpu/EdDNUn89yjLRY.GdRJosHSVFiWJeHG',
};

const LONG_HASH = 'bcrypt_sha256$$2b$12$iCMgfc3x/WFOlE5Fq41uNOozQ0H/eXisqR6Z5einkYU1hVQwUqAIa';

test.each(Object.entries(HASHES))(
  'a hash of Django’s %s takes its password and no other',
  async (_, hashed) => {
    expect(await checkPassword(PASSWORD, hashed)).toBe(true);
    expect(await checkPassword(`${PASSWORD}z`, hashed)).toBe(false);
    expect(await checkPassword('', hashed)).toBe(false);
  },
);

test.each(Object.entries(HASHES))('a hash of Django’s %s is renewed as one of ours', async (_, hashed) => {
  const renewed = (await renewHash(PASSWORD, hashed)) ?? '';
  expect(renewed).toMatch(OWN_HASH);
  expect(await checkPassword(PASSWORD, renewed)).toBe(true);
  expect(await renewHash(PASSWORD, renewed)).toBeUndefined();
});

test('a password that is too long for bcrypt is right under its imported hash, which stays', async () => {
  expect(await checkPassword(LONG, LONG_HASH)).toBe(true);
  expect(await checkPassword(LONG.slice(0, 72), LONG_HASH)).toBe(false);
  expect(await renewHash(LONG, LONG_HASH)).toBeUndefined();
});

test('an account without a password takes none', async () => {
  for (const password of ['', '!', NO_PASSWORD, PASSWORD]) {
    expect(await checkPassword(password, NO_PASSWORD)).toBe(false);
  }
});

test.each([
  'pbkdf2_sha256$1000000$IJjmtdTdkYtVHyKExWiDEs$',
  'pbkdf2_sha256$0$salt$f/J7r6gtS9P02Sk9sn3tm2yKGKu33FUig3AO68Dwelw=',
  'bcrypt_sha256$nonsense',
])('what only looks like a hash, %s, takes no password', async (hashed) => {
  expect(await checkPassword(PASSWORD, hashed)).toBe(false);
});

test('a hash that is dearer than ours is renewed too, and a cheaper one', async () => {
  for (const cost of [4, 11]) {
    expect(await renewHash(PASSWORD, await hash(PASSWORD, cost))).toMatch(OWN_HASH);
  }
});
