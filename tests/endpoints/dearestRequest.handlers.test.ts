import { threadCpuUsage } from 'node:process';
import { expect, test } from 'vitest';
import { get, patch, post } from '../support/api.ts';
import { newUser, registration } from '../support/users.ts';

/** Accents in falling order of their class, so that NFC has to sort them: the dearest text that there is. */
const accents = (length: number) => `e${'\u0301'.repeat(length / 2)}${'\u0327'.repeat(length / 2)}`;

const LARGEST = 60_000;

/** Own processor time in milliseconds, the mean of some runs: the clock that counts it is a coarse one. */
async function ownTime(request: () => Promise<unknown>, runs = 10): Promise<number> {
  const before = threadCpuUsage();
  for (let n = 0; n < runs; n++) await request();
  const { user, system } = threadCpuUsage(before);
  return (user + system) / 1000 / runs;
}

const { access: token } = await newUser();
const field = (name: string) => ({ [name]: accents(LARGEST) });

/** What the text would cost to be normalised whole: what every request is compared with, in the same run. */
const dear = await ownTime(async () => accents(LARGEST).normalize('NFC'), 1);

test.each([
  [
    'register, every field',
    () =>
      post(
        '/register/',
        registration(
          Object.assign({}, ...['username', 'email', 'first_name', 'last_name', 'bio'].map(field)),
        ),
        {},
      ),
  ],
  [
    'register, the password',
    () =>
      post(
        '/register/',
        registration({ password: accents(LARGEST / 2), password_confirm: accents(LARGEST / 2) }),
      ),
  ],
  [
    'register, texts just short enough',
    () =>
      post(
        '/register/',
        registration({
          first_name: accents(598),
          last_name: accents(598),
          bio: accents(1998),
          email: accents(1010),
          password: accents(280),
          password_confirm: accents(280),
        }),
      ),
  ],
  [
    'update, every field',
    () =>
      patch(
        '/me/update/',
        Object.assign({}, ...['first_name', 'last_name', 'bio', 'avatar', 'email'].map(field)),
        { token },
      ),
  ],
  [
    'update, texts just short enough',
    () =>
      patch(
        '/me/update/',
        {
          first_name: accents(598),
          last_name: accents(598),
          bio: accents(1998),
          avatar: `https://a.example/${accents(2000)}`,
        },
        { token },
      ),
  ],
  ['login, the name', () => post('/login/', { username: accents(LARGEST), password: 1 })],
  ['refresh, the token', () => post('/token/refresh/', { refresh: accents(LARGEST) })],
  ['logout, the token', () => post('/logout/', { refresh: accents(LARGEST) }, { token })],
  [
    'follow, a number of many digits',
    () => post('/follow/', `{"following":${'9'.repeat(LARGEST)}}`, { token }),
  ],
  ['a body of nothing but brackets', () => post('/follow/', '['.repeat(LARGEST), { token })],
  [
    'a body of many members',
    () => post('/follow/', `{${Array.from({ length: 5000 }, (_, n) => `"${n}":${n}`)}}`, { token }),
  ],
  ['list, a search of accents', () => get(`/?search=${encodeURIComponent(accents(1200))}`)],
  ['list, a cursor of nonsense', () => get(`/following/?cursor=${'A'.repeat(6000)}`, { token })],
  ['an Authorization header of nonsense', () => get('/me/', { token: 'a.'.repeat(3000) })],
])('M1: %s takes a twentieth of what normalising it would', async (_, request) => {
  expect((await (request as () => Promise<{ status: number }>)()).status).toBeGreaterThanOrEqual(400);
  expect(await ownTime(request as () => Promise<unknown>)).toBeLessThan(dear / 20);
});
