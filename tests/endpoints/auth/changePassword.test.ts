import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { get, type Options, post, sendAll } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { forge } from '../../support/tokens.ts';
import { newUser, storeSession, type TestUser } from '../../support/users.ts';

const NEW = 'a-new-password';

/** Changes a user's password to the new one, or as said. */
function change(user: TestUser, fields: Record<string, unknown> = {}, options?: Options) {
  const body = { current_password: user.password, new_password: NEW, new_password_confirm: NEW, ...fields };
  return post('/me/password/', body, { token: user.access, ...options });
}

const login = ({ username }: TestUser, password: string) => post('/login/', { username, password });

const withKey = (key: string = randomUUID()) => ({ headers: { 'Idempotency-Key': key } });

test('the new password is good from now on, and the old one is not', async () => {
  const user = await newUser();
  expect((await change(user)).status).toBe(200);
  expect((await login(user, NEW)).status).toBe(200);
  expectProblem(await login(user, user.password), 401, 'no_active_account');
});

test('every older token is refused at once, and the session goes on with those that are answered', async () => {
  const user = await newUser();
  const other = (await login(user, user.password)).body;
  await storeSession(user.username);
  const { body } = await change(user);
  for (const token of [user.access, other.access]) {
    expectProblem(await get('/me/', { token }), 401, 'token_not_valid');
  }
  for (const { refresh } of [user, other]) {
    expectProblem(await post('/token/refresh/', { refresh }), 401, 'token_not_valid');
  }
  const { count, results } = (await get('/me/sessions/', { token: body.access })).body;
  expect([count, results[0].is_current]).toEqual([1, true]);
  expect((await post('/token/refresh/', { refresh: body.refresh })).status).toBe(200);
});

test('a token of the first release, which has no session, changes it as well', async () => {
  const user = await newUser();
  const token = forge(user, { payload: { sid: undefined } });
  const { body } = await change(user, {}, { token });
  expect((await post('/token/refresh/', { refresh: body.refresh })).status).toBe(200);
});

test('a session that has ended changes nothing, whatever its access token says', async () => {
  const user = await newUser();
  expect((await post('/logout/', { refresh: user.refresh }, { token: user.access })).status).toBe(200);
  expectProblem(await change(user), 401, 'token_not_valid');
  expect((await login(user, user.password)).status).toBe(200);
});

test('a wrong current password is a field error, changes nothing and counts as a failed login', async () => {
  const user = await newUser();
  for (let n = 0; n < 10; n++) {
    const answer = await change(user, { current_password: 'wrong-password' });
    expectProblem(answer, 400, 'invalid', ['current_password']);
  }
  expectProblem(await change(user), 429, 'throttled');
  expectProblem(await login(user, user.password), 429, 'throttled');
  expect((await get('/me/', { token: user.access })).status).toBe(200);
});

test('the new password is held to the rules of registration, all faults at once', async () => {
  const user = await newUser();
  const fields = { current_password: 7, new_password: 'short', new_password_confirm: 'other' };
  const names = ['current_password', 'new_password', 'new_password_confirm'];
  expectProblem(await change(user, fields), 400, 'invalid', names);
  for (const password of ['12345678', user.username, user.email, `x${user.username}x`, 'é'.repeat(37)]) {
    const again = { new_password: password, new_password_confirm: password };
    expectProblem(await change(user, again), 400, 'invalid', ['new_password']);
  }
  expect((await login(user, user.password)).status).toBe(200);
});

test('of any number of changes at once, one takes effect', async () => {
  const user = await newUser();
  const passwords = Array.from({ length: 4 }, (_, n) => `${NEW}-${n}`);
  const answers = await sendAll(
    passwords.map((each) => () => change(user, { new_password: each, new_password_confirm: each })),
  );
  const won = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []));
  expect(won).toHaveLength(1);
  for (const { status, body } of answers) {
    if (status !== 200) expect(['token_not_valid', 'invalid']).toContain(body.code);
  }
  expect((await login(user, `${NEW}-${won[0]}`)).status).toBe(200);
});

test('a change whose answer was lost is answered again with tokens that work, though the token is an old one', async () => {
  const user = await newUser();
  const key = withKey();
  expect((await change(user, {}, key)).status).toBe(200);
  const { status, headers, body } = await change(user, {}, key);
  expect([status, headers['idempotency-replayed']]).toEqual([200, 'true']);
  expect((await get('/me/', { token: body.access })).status).toBe(200);
  expect((await post('/token/refresh/', { refresh: body.refresh })).status).toBe(200);
});

test('a repeated change is another request with another new password, and that counts as a failed login', async () => {
  const user = await newUser();
  const key = withKey();
  await change(user, {}, key);
  const guess = { new_password: 'another-guess', new_password_confirm: 'another-guess' };
  for (let n = 0; n < 10; n++) {
    expectProblem(await change(user, guess, key), 422, 'idempotency_key_reused');
  }
  expectProblem(await change(user, {}, key), 429, 'throttled');
});

test('a change is not repeated once its tokens have ended in another way', async () => {
  const user = await newUser();
  const key = withKey();
  const { access } = (await change(user, {}, key)).body;
  const later = { current_password: NEW, new_password: NEW, new_password_confirm: NEW };
  expect((await change(user, later, { token: access })).status).toBe(200);
  expectProblem(await change(user, {}, key), 401, 'token_not_valid');
});
