import { expect, test } from 'vitest';
import { revokedTokenKey } from '../../../lib/table/keys.ts';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readItem, writeItem } from '../../support/table.ts';
import { forge, readToken, seconds } from '../../support/tokens.ts';
import { newUser } from '../../support/users.ts';

test('revokes a refresh token that belongs to no session for the rest of its life', async () => {
  const user = await newUser();
  const { username, access } = user;
  const refresh = forge(user, { kind: 'refresh', payload: { sid: undefined } });
  const answer = await post('/logout/', { refresh }, { token: access });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ message: 'Successfully logged out' });
  const { payload } = readToken(refresh);
  const item = await readItem(revokedTokenKey(username, String(payload.jti)));
  expect(item?.expires_at).toBe(payload.exp);
  expectProblem(await post('/token/refresh/', { refresh }), 401, 'token_not_valid');
});

test('answers 200 again for the same token', async () => {
  const { access, refresh } = await newUser();
  for (let round = 0; round < 2; round++) {
    expect((await post('/logout/', { refresh }, { token: access })).status).toBe(200);
  }
});

test('revokes nothing else', async () => {
  const user = await newUser();
  const second = (await post('/login/', { username: user.username, password: user.password })).body;
  await post('/logout/', { refresh: user.refresh }, { token: user.access });
  expect((await post('/token/refresh/', { refresh: second.refresh })).status).toBe(200);
  expect((await get('/me/', { token: user.access })).status).toBe(200);
});

test('no longer counts a revocation that has expired, deleted or not', async () => {
  const { username, refresh } = await newUser();
  const { payload } = readToken(refresh);
  await writeItem({ ...revokedTokenKey(username, String(payload.jti)), expires_at: seconds() - 10 });
  expect((await post('/token/refresh/', { refresh })).status).toBe(200);
});

test('refuses a token that is not a refresh token of the caller', async () => {
  const [user, other] = await Promise.all([newUser(), newUser()]);
  const expired = forge(user, { kind: 'refresh', payload: { exp: seconds() - 1 } });
  for (const refresh of ['garbage', user.access, other.refresh, expired]) {
    expectProblem(await post('/logout/', { refresh }, { token: user.access }), 400, 'invalid', ['refresh']);
  }
  expect((await post('/token/refresh/', { refresh: other.refresh })).status).toBe(200);
});

test('requires a refresh token', async () => {
  const { access } = await newUser();
  expectProblem(await post('/logout/', {}, { token: access }), 400, 'invalid', ['refresh']);
});

test('looks at the access token before the body', async () => {
  expectProblem(await post('/logout/', '{'), 401, 'not_authenticated');
});
