import { hash } from 'bcryptjs';
import { expect, test } from 'vitest';
import { userKey } from '../../../lib/table/keys.ts';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readItem, writeItem } from '../../support/table.ts';
import { newUser, registerUser, uniqueName } from '../../support/users.ts';

test('answers the user and two working tokens', async () => {
  const user = await newUser({ first_name: 'Alice', last_name: 'Smith', bio: 'hidden' });
  const answer = await post('/login/', { username: user.username, password: user.password });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    user: {
      id: user.id,
      username: user.username,
      email: user.email,
      first_name: 'Alice',
      last_name: 'Smith',
    },
    access: expect.any(String),
    refresh: expect.any(String),
  });
  const { access, refresh } = answer.body;
  expect((await get('/me/', { token: access })).status).toBe(200);
  expect((await post('/token/refresh/', { refresh })).status).toBe(200);
});

test('takes the username in any case', async () => {
  const user = await newUser();
  const answer = await post('/login/', {
    username: ` ${user.username.toUpperCase()} `,
    password: user.password,
  });
  expect(answer.status).toBe(200);
  expect(answer.body.user.username).toBe(user.username);
});

test('answers a wrong password and an unknown user alike', async () => {
  const user = await newUser();
  const wrong = await post('/login/', { username: user.username, password: 'password124' });
  const unknown = await post('/login/', { username: uniqueName(), password: 'password123' });
  expectProblem(wrong, 401, 'no_active_account');
  expect(unknown.body).toEqual(wrong.body);
});

test.each(['', 'short', '12345678', 'x'.repeat(73), 'x'.repeat(10_000), 'nul\u0000byte', '\ud800'])(
  'takes a password that could not have been registered for a wrong one: %j',
  async (password) => {
    const { username } = await newUser();
    expectProblem(await post('/login/', { username, password }), 401, 'no_active_account');
  },
);

test('does not cut a password that is too long', async () => {
  const password = 'xy'.repeat(36);
  const { username } = await registerUser({ password, password_confirm: password });
  expect((await post('/login/', { username, password })).status).toBe(200);
  expectProblem(await post('/login/', { username, password: `${password}x` }), 401, 'no_active_account');
});

test.each(['', 'me', 'no spaces', 'x'.repeat(5000), '\u0000'])(
  'knows no user called %j',
  async (username) => {
    expectProblem(await post('/login/', { username, password: 'password123' }), 401, 'no_active_account');
  },
);

test('names every member of a wrong type', async () => {
  expectProblem(await post('/login/', { username: 1, password: null }), 400, 'invalid', [
    'username',
    'password',
  ]);
  expectProblem(await post('/login/', {}), 400, 'invalid', ['username', 'password']);
});

test('renews a hash that was made at a lower cost', async () => {
  const user = await newUser();
  const item = await readItem(userKey(user.username));
  await writeItem({ ...item, password_hash: await hash(user.password, 4) });
  expect((await post('/login/', { username: user.username, password: 'wrong' })).status).toBe(401);
  expect((await readItem(userKey(user.username)))?.password_hash).toMatch(/^\$2b\$04\$/);
  expect((await post('/login/', { username: user.username, password: user.password })).status).toBe(200);
  expect((await readItem(userKey(user.username)))?.password_hash).toMatch(/^\$2b\$05\$/);
  expect((await post('/login/', { username: user.username, password: user.password })).status).toBe(200);
});
