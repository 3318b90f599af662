import { expect, test } from 'vitest';
import { get, post, sendAll } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { block, follow, newUser, unblock } from '../../support/users.ts';

test('answers 201 with the block', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const answer = await block(alice, bob);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    id: expect.any(Number),
    blocked: bob.id,
    blocked_username: bob.username,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(answer.body.id).toBeGreaterThan(0);
});

test.each([{}, ...['2', 1.5, 0, -1, null, true, [], {}, 2 ** 53].map((blocked) => ({ blocked }))])(
  'refuses %j',
  async (body) => {
    const { access: token } = await newUser();
    expectProblem(await post('/block/', body, { token }), 400, 'invalid', ['blocked']);
  },
);

test('answers 404 for an unknown id', async () => {
  const { access: token } = await newUser();
  expectProblem(await post('/block/', { blocked: 2 ** 53 - 1 }, { token }), 404, 'not_found');
});

test('answers 400 for oneself', async () => {
  const alice = await newUser();
  expectProblem(await block(alice, alice), 400, 'cannot_block_self', ['blocked']);
});

test('answers 409 the second time, and counts once', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await block(alice, bob);
  expectProblem(await block(alice, bob), 409, 'already_blocked');
  expect((await get('/blocked/', { token: alice.access })).body.count).toBe(1);
});

test.each([
  ['neither', false, false],
  ['the one who blocks', true, false],
  ['the one who is blocked', false, true],
  ['both', true, true],
])('ends the follows between the two with their counts, where %s followed', async (_, forth, back) => {
  // Counts of followers lie in one of sixteen places, by the name; one of them is the account itself.
  for (let n = 0; n < 6; n++) {
    const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];
    await follow(alice, carol);
    await follow(carol, bob);
    if (forth) await follow(alice, bob);
    if (back) await follow(bob, alice);
    expect((await block(alice, bob)).status).toBe(201);
    const counts = async (token: string) => {
      const { body } = await get('/me/', { token });
      return [body.following_count, body.followers_count];
    };
    expect(await counts(alice.access)).toEqual([1, 0]);
    expect(await counts(bob.access)).toEqual([0, 1]);
    expect((await get(`/${bob.username}/followers/`)).body).toMatchObject({
      count: 1,
      results: [{ id: carol.id }],
    });
  }
});

test('lets neither follow the other, and tells both the same', async () => {
  const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];
  await block(alice, bob);
  const [forth, back] = [await follow(alice, bob), await follow(bob, alice)];
  expectProblem(forth, 403, 'cannot_follow');
  expect(back.text).toBe(forth.text);
  expect((await follow(alice, carol)).status).toBe(201);
  expect((await follow(carol, bob)).status).toBe(201);
  expect((await follow(bob, carol)).status).toBe(201);
});

test('lasts until both have ended theirs', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await block(alice, bob);
  expect((await block(bob, alice)).status).toBe(201);
  await unblock(alice, bob);
  expectProblem(await follow(alice, bob), 403, 'cannot_follow');
  await unblock(bob, alice);
  expect((await follow(alice, bob)).status).toBe(201);
  expect((await follow(bob, alice)).status).toBe(201);
});

test('is done by exactly one of many equal requests at the same time', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(bob, alice);
  const answers = await sendAll(Array.from({ length: 6 }, () => () => block(alice, bob)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  expect((await get('/me/', { token: alice.access })).body.followers_count).toBe(0);
});

test('takes effect once under a key, and is answered as it was', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(alice, bob);
  const options = { token: alice.access, headers: { 'Idempotency-Key': crypto.randomUUID() } };
  const first = await post('/block/', { blocked: bob.id }, options);
  const second = await post('/block/', { blocked: bob.id }, options);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect([second.text, second.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
  expect((await get('/blocked/', { token: alice.access })).body.count).toBe(1);
});
