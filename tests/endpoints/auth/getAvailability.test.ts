import { expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser, registration, uniqueName } from '../../support/users.ts';

const ask = (fields: Record<string, string>) => get(`/availability/?${new URLSearchParams(fields)}`);

const FREE = { available: true, reason: null };

test('says of a username and an address that nobody has that registration would take them', async () => {
  const { username, email } = registration();
  expect((await ask({ username, email })).body).toEqual({ username: FREE, email: FREE });
  expect((await ask({ username })).body).toEqual({ username: FREE });
  expect((await ask({ email })).body).toEqual({ email: FREE });
  expect((await post('/register/', registration({ username, email }))).status).toBe(201);
});

test('says that a username is taken, in any case', async () => {
  const { username } = await newUser();
  for (const name of [username, username.toUpperCase(), ` ${username} `]) {
    const { body } = await ask({ username: name });
    expect(body).toEqual({ username: { available: false, reason: 'This username is taken.' } });
  }
});

test('does not say whether an address has an account', async () => {
  const { email } = await newUser();
  expect((await ask({ email })).body).toEqual({ email: FREE });
});

test.each([
  { username: 'Block' },
  { username: 'has blank' },
  { username: '...' },
  { username: 'x'.repeat(151) },
  { username: 'ann@example.com', email: 'other@example.com' },
  { email: 'no address' },
  { email: `${'x'.repeat(250)}@example.com` },
])('refuses %j with the sentence of registration', async (fields: Record<string, string>) => {
  const { body } = await ask(fields);
  const refused = (await post('/register/', registration(fields))).body.errors;
  const said = Object.entries(body as Record<string, { available: boolean; reason: string | null }>)
    .filter(([, { available }]) => !available)
    .map(([field, { reason }]) => [field, [reason]]);
  expect(said).toHaveLength(1);
  expect(Object.fromEntries(said)).toEqual(refused);
});

test('takes an address as a username where it is the account’s own', async () => {
  const email = `${uniqueName()}@example.com`;
  expect((await ask({ username: email, email: email.toUpperCase() })).body.username).toEqual(FREE);
});

test.each(['', '?username=&email='])('answers 400 when nothing is asked: %s', async (query) => {
  expectProblem(await get(`/availability/${query}`), 400, 'invalid', ['username']);
});
