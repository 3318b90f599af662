import { expect, test } from 'vitest';
import { del, get, post, sendAll } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser, storeLink, type TestUser } from '../../support/users.ts';

const NEW = 'a-new-password';

const reset = (token: unknown, password = NEW) =>
  post('/password/reset/', { token, new_password: password, new_password_confirm: password });

const login = ({ username }: TestUser, password: string) => post('/login/', { username, password });

const seconds = () => Math.floor(Date.now() / 1000);

test('ends every session: all tokens are refused, and the new password logs in', async () => {
  const user = await newUser();
  expect((await reset(await storeLink('reset', user))).status).toBe(200);
  expectProblem(await get('/me/', { token: user.access }), 401, 'token_not_valid');
  expectProblem(await post('/token/refresh/', { refresh: user.refresh }), 401, 'token_not_valid');
  const { body } = await login(user, NEW);
  expect((await get('/me/sessions/', { token: body.access })).body.count).toBe(1);
});

test('a token is good once', async () => {
  const user = await newUser();
  const token = await storeLink('reset', user);
  expect((await reset(token)).status).toBe(200);
  expectProblem(await reset(token, 'another-password'), 400, 'link_not_valid');
  expect((await login(user, NEW)).status).toBe(200);
});

test('of any number of resets at once with one token, one takes effect', async () => {
  const user = await newUser();
  const token = await storeLink('reset', user);
  const passwords = Array.from({ length: 4 }, (_, n) => `${NEW}-${n}`);
  const answers = await sendAll(passwords.map((password) => () => reset(token, password)));
  const won = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
  expect(won).toHaveLength(1);
  expect((await login(user, `${NEW}-${won[0]}`)).status).toBe(200);
});

test('a token that has expired is not good', async () => {
  const token = await storeLink('reset', await newUser(), { expires_at: seconds() - 1 });
  expectProblem(await reset(token), 400, 'link_not_valid');
});

test('a token for another purpose is not good, and stays what it was', async () => {
  const user = await newUser();
  const [for_reset, for_verification] = [
    await storeLink('reset', user),
    await storeLink('verification', user),
  ];
  expectProblem(await reset(for_verification), 400, 'link_not_valid');
  expectProblem(await post('/email/verify/', { token: for_reset }), 400, 'link_not_valid');
  expect((await post('/email/verify/', { token: for_verification })).status).toBe(200);
  expect((await reset(for_reset)).status).toBe(200);
});

test('a token is dead after a change of the password, and after another reset', async () => {
  const user = await newUser();
  const [first, second] = [await storeLink('reset', user), await storeLink('reset', user)];
  const fields = { current_password: user.password, new_password: NEW, new_password_confirm: NEW };
  expect((await post('/me/password/', fields, { token: user.access })).status).toBe(200);
  expectProblem(await reset(first), 400, 'link_not_valid');
  expectProblem(await reset(second), 400, 'link_not_valid');
  expect((await login(user, NEW)).status).toBe(200);

  const other = await newUser();
  const [one, two] = [await storeLink('reset', other), await storeLink('reset', other)];
  expect((await reset(one)).status).toBe(200);
  expectProblem(await reset(two), 400, 'link_not_valid');
});

test('somebody who ends sessions all the time, from a stolen phone say, does not stop a reset', async () => {
  const user = await newUser();
  const token = await storeLink('reset', user);
  await post('/logout/', { refresh: user.refresh }, { token: user.access });
  const { access } = (await login(user, user.password)).body;
  expect((await del('/me/sessions/', { token: access })).status).toBe(200);
  expect((await reset(token)).status).toBe(200);
  expect((await login(user, NEW)).status).toBe(200);
});

test('a token of an account that is gone is not good for who has the name now', async () => {
  const user = await newUser();
  expectProblem(await reset(await storeLink('reset', user, { id: user.id + 1 })), 400, 'link_not_valid');
  expect((await login(user, user.password)).status).toBe(200);
});

test('guesses are not good, whatever they look like', async () => {
  const user = await newUser();
  const token = await storeLink('reset', user);
  const bytes = Buffer.from(token, 'base64url');
  const other = Buffer.from(bytes);
  other[0] = (other[0] ?? 0) ^ 1;
  const guesses = [
    'x',
    'nonsense!',
    '../../etc',
    'é',
    token.slice(0, 20),
    bytes.subarray(0, 32).toString('base64url'),
    other.toString('base64url'),
    Buffer.concat([Buffer.alloc(32), Buffer.from(user.username)]).toString('base64url'),
    Buffer.concat([Buffer.alloc(32), Buffer.from('#PROFILE')]).toString('base64url'),
    Buffer.concat([bytes, Buffer.from('x')]).toString('base64url'),
    'A'.repeat(40_000),
    user.access,
  ];
  for (const guess of guesses) expectProblem(await reset(guess), 400, 'link_not_valid');
  expect((await reset(token)).status).toBe(200);
});

test.each([[undefined], [null], [7], ['']])('what is no token is a field error: %j', async (token) => {
  expectProblem(await reset(token), 400, 'invalid', ['token']);
});

test('the new password is held to the rules, and the token stays good', async () => {
  const user = await newUser();
  const token = await storeLink('reset', user);
  expectProblem(await reset(token, user.username), 400, 'invalid', ['new_password']);
  expectProblem(await reset(token, '1234567'), 400, 'invalid', ['new_password']);
  const body = { token, new_password: NEW, new_password_confirm: `${NEW}x` };
  expectProblem(await post('/password/reset/', body), 400, 'invalid', ['new_password_confirm']);
  expect((await reset(token)).status).toBe(200);
});
