import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  process.env.PASSWORDS = 'strict';
});

const { post } = await import('../../support/api.ts');
const { expectProblem } = await import('../../support/problems.ts');
const { newUser, registration, storeLink } = await import('../../support/users.ts');

const register = (password: string) =>
  post('/register/', registration({ password, password_confirm: password }));

test.each([
  ['eleven characters', 'k7#mQ2vX9pL'],
  ['one of the most common', '1qaz2wsx3edc'],
  ['the same in capitals', 'MotherFucker'],
  ['a common one and a number', 'password1234'],
  ['a common one and signs', 'Football!!2026'],
  ['a common one twice', 'trustno1trustno1'],
])('refuses a password: %s', async (_, password) => {
  expectProblem(await register(password), 400, 'invalid', ['password']);
});

test.each(['correct horse battery', 'k7#mQ2vX9pLz', 'Im Sommer 2026 war es heiß'])(
  'takes a password that is none of those: %s',
  async (password) => {
    expect((await register(password)).status).toBe(201);
  },
);

test('holds changes and resets to the same', async () => {
  const user = await newUser();
  const twice = (password: string) => ({ new_password: password, new_password_confirm: password });
  const token = await storeLink('reset', user);
  const change = (password: string) =>
    post('/me/password/', { current_password: user.password, ...twice(password) }, { token: user.access });
  for (const password of ['password1234', 'k7#mQ2vX9pL']) {
    expectProblem(await change(password), 400, 'invalid', ['new_password']);
    const answer = await post('/password/reset/', { token, ...twice(password) });
    expectProblem(answer, 400, 'invalid', ['new_password']);
  }
  expect((await change('k7#mQ2vX9pLz')).status).toBe(200);
});

test('who has a password that is too common by now still logs in', async () => {
  const { username, password } = await newUser();
  expect((await post('/login/', { username, password })).status).toBe(200);
});
