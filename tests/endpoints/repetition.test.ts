import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { get, patch, post, sendAll } from '../support/api.ts';
import { expectProblem } from '../support/problems.ts';
import { newUser, registration, unfollow, uniqueName } from '../support/users.ts';

const withKey = (key: string = randomUUID()) => ({ headers: { 'Idempotency-Key': key } });

const REPLAYED = 'idempotency-replayed';

describe('a follow under a key', () => {
  test('takes effect once and is answered as it was, also after it was undone', async () => {
    const [alice, bob] = [await newUser(), await newUser()];
    const options = { token: alice.access, ...withKey() };
    const first = await post('/follow/', { following: bob.id }, options);
    const second = await post('/follow/', { following: bob.id }, options);
    expect([first.status, first.headers[REPLAYED]]).toEqual([201, undefined]);
    expect([second.status, second.headers[REPLAYED], second.text]).toEqual([201, 'true', first.text]);
    expect((await get(`/${bob.username}/`)).body.followers_count).toBe(1);
    await unfollow(alice, bob);
    expect((await post('/follow', { following: bob.id }, options)).text).toBe(first.text);
    expect((await get(`/${bob.username}/`)).body.followers_count).toBe(0);
  });

  test('is one follow however many come at once', async () => {
    const [alice, bob] = [await newUser(), await newUser()];
    const options = { token: alice.access, ...withKey() };
    const follow = () => post('/follow/', { following: bob.id }, options);
    const answers = await sendAll(Array.from({ length: 10 }, () => follow));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers[REPLAYED]).length).toBe(9);
    expect((await get(`/${bob.username}/`)).body.followers_count).toBe(1);
  });

  test('that failed may be tried again under its key', async () => {
    const alice = await newUser();
    const options = { token: alice.access, ...withKey() };
    expectProblem(await post('/follow/', { following: 2 ** 50 }, options), 404, 'not_found');
    const bob = await newUser();
    expect((await post('/follow/', { following: bob.id }, options)).status).toBe(201);
  });

  test('stands for that request of that caller alone', async () => {
    const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];
    const key = withKey();
    expect((await post('/follow/', { following: bob.id }, { token: alice.access, ...key })).status).toBe(201);
    const other = await post('/follow/', { following: carol.id }, { token: alice.access, ...key });
    expectProblem(other, 422, 'idempotency_key_reused');
    const elsewhere = await patch('/me/update/', { bio: 'x' }, { token: alice.access, ...key });
    expectProblem(elsewhere, 422, 'idempotency_key_reused');
    expect((await post('/follow/', { following: bob.id }, { token: carol.access, ...key })).status).toBe(201);
  });
});

describe('a change of a profile under a key', () => {
  test.each([{ bio: 'Hello' }, { first_name: 'Ann', avatar: null }])(
    '%j is answered as it was',
    async (changes) => {
      const user = await newUser();
      const options = { token: user.access, ...withKey() };
      const first = await patch('/me/update/', changes, options);
      expect(first.body).toMatchObject(changes);
      await patch('/me/update/', { bio: 'Later', first_name: 'Later' }, { token: user.access });
      const second = await patch('/me/update/', changes, options);
      expect([second.status, second.headers[REPLAYED], second.text]).toEqual([200, 'true', first.text]);
      expect((await get('/me/', { token: user.access })).body.bio).toBe('Later');
    },
  );

  test('of the address does not find it taken by itself', async () => {
    const user = await newUser();
    const { email } = registration();
    const options = { token: user.access, ...withKey() };
    const change = () => patch('/me/update/', { email }, options);
    const answers = await sendAll([change, change, change]);
    expect(answers.map(({ status, body }) => [status, body.email])).toEqual(Array(3).fill([200, email]));
  });
});

describe('a registration under a key', () => {
  test('answers the same user with fresh tokens that work', async () => {
    const fields = registration({ first_name: 'Ann' });
    const key = withKey();
    const first = await post('/register/', fields, key);
    const second = await post('/register/', fields, key);
    expect([second.status, second.headers[REPLAYED]]).toEqual([201, 'true']);
    expect(second.body.user).toEqual(first.body.user);
    expect(second.body.refresh).not.toBe(first.body.refresh);
    expect((await get('/me/', { token: second.body.access })).status).toBe(200);
  });

  test('is one user however many come at once', async () => {
    const fields = registration();
    const key = withKey();
    const answers = await sendAll(Array.from({ length: 4 }, () => () => post('/register/', fields, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(201));
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
  });

  test('is another request with another password, or another name', async () => {
    const fields = registration();
    const key = withKey();
    expect((await post('/register/', fields, key)).status).toBe(201);
    const password = 'another-password';
    const guess = { ...fields, password, password_confirm: password };
    expectProblem(await post('/register/', guess, key), 422, 'idempotency_key_reused');
    const renamed = { ...fields, username: uniqueName() };
    expectProblem(await post('/register/', renamed, key), 422, 'idempotency_key_reused');
  });

  test('is no way to guess a password: it counts as a failed login', async () => {
    const fields = registration();
    const key = withKey();
    await post('/register/', fields, key);
    const password = 'another-password';
    for (let n = 0; n < 10; n++)
      await post('/register/', { ...fields, password, password_confirm: password }, key);
    expectProblem(await post('/register/', fields, key), 429, 'throttled');
  });
});

test.each(['with blank', 'é', 'x'.repeat(256)])('a key like %j is refused', async (key) => {
  const user = await newUser();
  const headers = { 'Idempotency-Key': Buffer.from(key, 'latin1').toString('latin1') };
  const answer = await post('/follow/', { following: user.id }, { token: user.access, headers });
  expectProblem(answer, 400, 'invalid', ['Idempotency-Key']);
});
