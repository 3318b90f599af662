import { describe, expect, test } from 'vitest';
import { issueTokenPair } from '../../../lib/auth/tokens.ts';
import { del, get, post, send } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readToken } from '../../support/tokens.ts';
import { newUser, registerUser, registration, storeSession, type TestUser } from '../../support/users.ts';

interface Tokens {
  access: string;
  refresh: string;
}

async function logIn({ username, password }: TestUser, fields = {}, headers = {}): Promise<Tokens> {
  const { body } = await post('/login/', { username, password, ...fields }, { headers });
  return body;
}

const sessionsOf = async (token: string) => (await get('/me/sessions/', { token })).body;

const sidOf = (token: string) => String(readToken(token).payload.sid);

const refresh = (token: string) => post('/token/refresh/', { refresh: token });

describe('a session', () => {
  test('begins with a registration and with each login, and is named by its device', async () => {
    const headers = { 'User-Agent': `Careers/1.0 (${'x'.repeat(200)})` };
    const { body } = await post('/register/', registration(), { headers });
    const user = { ...body.user, password: 'password123', ...body };
    await logIn(user, { device: 'Alice’s tablet' });
    const { count, results } = await sessionsOf(body.access);
    expect(count).toBe(2);
    expect(results.map(({ device }: { device: string }) => device)).toEqual([
      'Alice’s tablet',
      headers['User-Agent'].slice(0, 100),
    ]);
    expect(results.map(({ is_current }: { is_current: boolean }) => is_current)).toEqual([false, true]);
    for (const { created_at, last_used_at } of results) expect(last_used_at).toBe(created_at);
  });

  test('that is ended takes no refresh token any more, and nothing else is ended', async () => {
    const user = await registerUser();
    const other = await logIn(user);
    const { results } = await sessionsOf(user.access);
    const { id } = results.find(({ is_current }: { is_current: boolean }) => !is_current);
    expect((await del(`/me/sessions/${id}/`, { token: user.access })).status).toBe(200);
    expectProblem(await refresh(other.refresh), 401, 'token_not_valid');
    expect((await get('/me/', { token: other.access })).status).toBe(200);
    expect((await refresh(user.refresh)).status).toBe(200);
    expectProblem(await del(`/me/sessions/${id}/`, { token: user.access }), 404, 'not_found');
  });

  test('of another user cannot be ended', async () => {
    const [alice, bob] = [await registerUser(), await registerUser()];
    const [{ id }] = (await sessionsOf(bob.access)).results;
    expectProblem(await del(`/me/sessions/${id}/`, { token: alice.access }), 404, 'not_found');
    expect((await refresh(bob.refresh)).status).toBe(200);
  });

  test('ends with a logout', async () => {
    const user = await registerUser();
    await post('/logout/', { refresh: user.refresh }, { token: user.access });
    expectProblem(await refresh(user.refresh), 401, 'token_not_valid');
    expect((await sessionsOf(user.access)).count).toBe(0);
  });
});

describe('the end of all other sessions', () => {
  test('is immediate on every endpoint, for access tokens too, and spares this session', async () => {
    const user = await registerUser();
    const [thief, other] = [await logIn(user), await newUser()];
    const answer = await del('/me/sessions/', { token: user.access });
    expect(answer.status).toBe(200);
    const { access, refresh: kept } = answer.body;
    for (const token of [thief.access, user.access]) {
      for (const [method, path, body] of [
        ['GET', '/me/'],
        ['GET', '/me/stats/'],
        ['GET', '/me/sessions/'],
        ['GET', '/following/'],
        ['GET', '/me/followers/'],
        ['GET', '/'],
        ['GET', `/${other.username}/`],
        ['PATCH', '/me/update/', { bio: 'stolen' }],
        ['PATCH', '/me/update/', { email: registration().email }],
        ['PATCH', '/me/update/', {}],
        ['POST', '/follow/', { following: other.id }],
        ['DELETE', `/${other.username}/unfollow/`],
        ['DELETE', '/me/sessions/'],
        ['DELETE', `/me/sessions/${sidOf(kept)}/`],
        ['POST', '/logout/', { refresh: kept }],
        ['POST', '/logout/', { refresh: user.refresh }],
      ] as const) {
        expectProblem(await send(method, path, body, { token }), 401, 'token_not_valid');
      }
    }
    expectProblem(await refresh(thief.refresh), 401, 'token_not_valid');
    expectProblem(await refresh(user.refresh), 401, 'token_not_valid');
    expect((await refresh(kept)).status).toBe(200);
    const { count, results } = await sessionsOf(access);
    expect([count, results[0].is_current]).toEqual([1, true]);
    const again = await logIn(user);
    expect((await get('/me/', { token: again.access })).status).toBe(200);
    expect((await sessionsOf(access)).count).toBe(2);
  });

  test('leaves a session that can be refreshed, rotated, listed and ended like any other', async () => {
    const user = await newUser();
    const rotate = (token: string) => post('/token/refresh/', { refresh: token, rotate: true });
    const child = (await rotate(user.refresh)).body.refresh;
    expect((await rotate(child)).status).toBe(200);
    const { access, refresh: first } = (await del('/me/sessions/', { token: user.access })).body;
    const second = (await rotate(first)).body.refresh;
    expect((await rotate(second)).status).toBe(200);
    expectProblem(await rotate(first), 401, 'token_reused');
    expect((await sessionsOf(access)).count).toBe(0);
  });

  test('can come twice, and two at once end one another or nothing', async () => {
    const user = await newUser();
    const { access: token } = (await del('/me/sessions/', { token: user.access })).body;
    const answers = await Promise.all([del('/me/sessions/', { token }), del('/me/sessions/', { token })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const { access } = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await sessionsOf(access)).count).toBe(1);
  });

  test('is refused to whoever has logged out, and ends nothing', async () => {
    const user = await newUser();
    const other = await logIn(user);
    await post('/logout/', { refresh: user.refresh }, { token: user.access });
    expectProblem(await del('/me/sessions/', { token: user.access }), 401, 'token_not_valid');
    expect((await get('/me/', { token: other.access })).status).toBe(200);
    expect((await refresh(other.refresh)).status).toBe(200);
  });
});

test('of a hundred sessions the one unused longest ends when another begins', async () => {
  const user = await newUser();
  const now = Date.now();
  const ages = Array.from({ length: 99 }, (_, n) => n + 1);
  const sids = await Promise.all(
    ages.map((age) => storeSession(user.username, { last_used_at: now - age * 60_000 })),
  );
  const { access } = await logIn(user);
  const { count, results } = await sessionsOf(access);
  const left = results.map(({ id }: { id: string }) => id);
  expect(count).toBe(100);
  expect(sids.filter((sid) => !left.includes(sid))).toEqual([sids[98]]);
});

test('tokens of the first release, which belong to no session, work until they expire', async () => {
  const { id, username } = await newUser();
  const user = await issueTokenPair({ id, username, epoch: 0 }, Date.now());
  expect((await get('/me/', { token: user.access })).status).toBe(200);
  expect((await refresh(user.refresh)).status).toBe(200);
  const rotated = await post('/token/refresh/', { refresh: user.refresh, rotate: true });
  expect(rotated.body).toEqual({ access: expect.any(String), refresh: user.refresh });
  await post('/logout/', { refresh: user.refresh }, { token: user.access });
  expectProblem(await refresh(user.refresh), 401, 'token_not_valid');
});
