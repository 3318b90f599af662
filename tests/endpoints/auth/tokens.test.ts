import { expect, test } from 'vitest';
import { accountKey } from '../../../lib/table/keys.ts';
import { get, transport } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readItem, writeItem } from '../../support/table.ts';
import { forge, readToken, seconds, signingKey } from '../../support/tokens.ts';
import { deleteAccount, newUser, registerUser } from '../../support/users.ts';

test('are RS256 JWTs with the claims that sibling services rely on', async () => {
  const user = await registerUser();
  const { kid } = signingKey;
  const issuer = process.env.ISSUER;
  for (const [kind, typ, lifetime, aud] of [
    ['access', 'at+jwt', 3600, 'careers'],
    ['refresh', 'refresh+jwt', 604_800, issuer],
  ] as const) {
    const { header, payload } = readToken(user[kind]);
    expect(header).toEqual({ alg: 'RS256', kid, typ });
    expect(payload).toEqual({
      iss: issuer,
      aud,
      sub: String(user.id),
      username: user.username,
      token_type: kind,
      ...(kind === 'access' && { client_id: 'careers' }),
      sid: expect.stringMatching(/^[\w-]{12}$/),
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: expect.any(Number),
      exp: Number(payload.iat) + lifetime,
    });
    expect(Math.abs(Number(payload.iat) - seconds())).toBeLessThan(60);
  }
  expect(issuer).toMatch(transport === 'http' ? /^http:\/\/localhost:\d+\/careers\/users$/ : /^https/);
});

test('have an id each', async () => {
  const { access, refresh } = await registerUser();
  expect(readToken(access).payload.jti).not.toBe(readToken(refresh).payload.jti);
});

test('are refused when expired, of another issuer or audience, without a claim, or of the other kind', async () => {
  const user = await newUser();
  expect((await get('/me/', { token: forge(user) })).status).toBe(200);
  for (const payload of [
    { exp: seconds() - 1 },
    { iss: 'https://evil.example' },
    { aud: 'posts' },
    { token_type: 'refresh' },
    { sub: 'x' },
    { sub: undefined },
    { username: undefined },
    { exp: undefined },
    { nbf: seconds() + 60 },
  ]) {
    expectProblem(await get('/me/', { token: forge(user, { payload }) }), 401, 'token_not_valid');
  }
  for (const header of [{ typ: 'refresh+jwt' }, { typ: 'JWT' }, { kid: 'unknown' }]) {
    expectProblem(await get('/me/', { token: forge(user, { header }) }), 401, 'token_not_valid');
  }
});

const paths = (username: string) => [
  '/me/',
  '/me/stats/',
  '/following/',
  '/me/followers/',
  '/me/following/',
  `/${username}/`,
  `/${username}/followers/`,
  `/${username}/following/`,
];

test('are dead when the account is gone', async () => {
  const [user, other] = await Promise.all([newUser(), newUser()]);
  await deleteAccount(user);
  for (const path of paths(other.username)) {
    expectProblem(await get(path, { token: user.access }), 401, 'token_not_valid');
  }
});

test('are dead when the name belongs to another id', async () => {
  const [user, other] = await Promise.all([newUser(), newUser()]);
  const token = forge(user, { payload: { sub: String(user.id + 1_000_000) } });
  for (const path of [...paths(other.username), '/']) {
    expectProblem(await get(path, { token }), 401, 'token_not_valid');
  }
  const account = await readItem(accountKey(user.username));
  await writeItem({ ...account, id: user.id + 1_000_000 });
  expectProblem(await get('/following/', { token: user.access }), 401, 'token_not_valid');
});
