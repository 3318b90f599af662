import { describe, expect, test } from 'vitest';
import { del, get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser, registerUser, registration, type TestUser } from '../../support/users.ts';

interface Tokens {
  access: string;
  refresh: string;
}

async function logIn({ username, password }: TestUser, fields = {}, headers = {}): Promise<Tokens> {
  const { body } = await post('/login/', { username, password, ...fields }, { headers });
  return body;
}

const sessionsOf = async (token: string) => (await get('/me/sessions/', { token })).body;

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
        ['POST', '/logout/', { refresh: kept }],
      ] as const) {
        const send = { GET: get, DELETE: del, POST: post, PATCH: undefined }[method];
        const refused = send
          ? method === 'POST'
            ? await post(path, body, { token })
            : await (send as typeof get)(path, { token })
          : await (await import('../../support/api.ts')).patch(path, body, { token });
        expect([method, path, refused.status, refused.body.code]).toEqual([
          method,
          path,
          401,
          'token_not_valid',
        ]);
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
