import { expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { follow, newUser } from '../../support/users.ts';

test('answers 201 with the follow', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  const answer = await follow(alice, bob);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    id: expect.any(Number),
    follower: alice.id,
    following: bob.id,
    follower_username: alice.username,
    following_username: bob.username,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(answer.body.id).toBeGreaterThan(0);
});

test('gives every follow an id of its own', async () => {
  const followed = await newUser();
  const followers = await Promise.all(Array.from({ length: 5 }, () => newUser()));
  const answers = await Promise.all(followers.map((follower) => follow(follower, followed)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(5);
});

test.each([{}, ...['2', 1.5, 0, -1, null, true, [], {}, 2 ** 53].map((following) => ({ following }))])(
  'refuses %j',
  async (body) => {
    const { access } = await newUser();
    expectProblem(await post('/follow/', body, { token: access }), 400, 'invalid', ['following']);
  },
);

test('refuses a number beyond all bounds', async () => {
  const { access } = await newUser();
  expectProblem(await post('/follow/', '{"following":1e400}', { token: access }), 400, 'invalid', [
    'following',
  ]);
});

test('answers 404 for an unknown id', async () => {
  const { access } = await newUser();
  for (const following of [987_654_321, 2 ** 53 - 1]) {
    expectProblem(await post('/follow/', { following }, { token: access }), 404, 'not_found');
  }
});

test('answers 400 for oneself', async () => {
  const { id, access } = await newUser();
  expectProblem(await post('/follow/', { following: id }, { token: access }), 400, 'cannot_follow_self', [
    'following',
  ]);
});

test('answers 409 the second time, and counts once', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
  const again = await follow(alice, bob);
  expectProblem(again, 409, 'already_following');
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(1);
});

test('is done by exactly one of many equal requests at the same time', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  const answers = await Promise.all(Array.from({ length: 6 }, () => follow(alice, bob)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(1);
  expect((await get('/me/', { token: alice.access })).body.following_count).toBe(1);
});
