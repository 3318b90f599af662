import { expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { forge, readToken, seconds } from '../../support/tokens.ts';
import { deleteAccount, newUser } from '../../support/users.ts';

test('answers a new access token of an hour', async () => {
  const user = await newUser();
  const answer = await post('/token/refresh/', { refresh: user.refresh });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ access: expect.any(String) });
  const { payload } = readToken(answer.body.access);
  expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
  expect((await get('/me/', { token: answer.body.access })).body.id).toBe(user.id);
});

test('answers the same refresh token again and again', async () => {
  const { refresh } = await newUser();
  for (let round = 0; round < 2; round++) {
    expect((await post('/token/refresh/', { refresh })).status).toBe(200);
  }
});

test.each([{}, { refresh: '' }, { refresh: null }, { refresh: 5 }])('refuses %j as invalid', async (body) => {
  expectProblem(await post('/token/refresh/', body), 400, 'invalid', ['refresh']);
});

test('refuses an access token, garbage and an expired token', async () => {
  const user = await newUser();
  const expired = forge(user, { kind: 'refresh', payload: { iat: seconds() - 700_000, exp: seconds() - 1 } });
  for (const refresh of [user.access, 'garbage', `${user.refresh}x`, expired]) {
    expectProblem(await post('/token/refresh/', { refresh }), 401, 'token_not_valid');
  }
});

test('refuses a revoked token', async () => {
  const { access, refresh } = await newUser();
  await post('/logout/', { refresh }, { token: access });
  expectProblem(await post('/token/refresh/', { refresh }), 401, 'token_not_valid');
});

test('refuses a token whose account is gone or whose name belongs to another id', async () => {
  const user = await newUser();
  const elsewhere = forge(user, { kind: 'refresh', payload: { sub: String(user.id + 1_000_000) } });
  expectProblem(await post('/token/refresh/', { refresh: elsewhere }), 401, 'token_not_valid');
  await deleteAccount(user);
  expectProblem(await post('/token/refresh/', { refresh: user.refresh }), 401, 'token_not_valid');
});
