import { expect, test } from 'vitest';
import { accountKey, followerStripeKey } from '../../../lib/table/keys.ts';
import { del, get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { follow, newUser, unfollow, uniqueName } from '../../support/users.ts';

test('takes back a follow and both counts with it', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
  const answer = await unfollow(alice, bob);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ message: `Stopped following ${bob.username}` });
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(0);
  expect((await get('/me/', { token: alice.access })).body.following_count).toBe(0);
  expect((await get('/following/', { token: alice.access })).body).toMatchObject({ count: 0, results: [] });
});

test('finds the username in any case', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
  const answer = await del(`/${bob.username.toUpperCase()}/unfollow/`, { token: alice.access });
  expect(answer.status).toBe(200);
});

test('can be followed and unfollowed again', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  for (let round = 0; round < 2; round++) {
    expect((await follow(alice, bob)).status).toBe(201);
    expect((await unfollow(alice, bob)).status).toBe(200);
  }
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(0);
});

test('answers not_following where there is no follow, oneself included', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  for (const { username } of [bob, alice]) {
    expectProblem(await del(`/${username}/unfollow/`, { token: alice.access }), 404, 'not_following');
  }
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(0);
});

test('answers not_following for oneself also where both counts would be on one item', async () => {
  let username = uniqueName();
  while (followerStripeKey(username, username).SK !== accountKey(username).SK) username = uniqueName();
  const { access } = await newUser({ username });
  expectProblem(await del(`/${username}/unfollow/`, { token: access }), 404, 'not_following');
});

test('answers not_found for an unknown user', async () => {
  const { access } = await newUser();
  for (const name of ['nobody-has-this-name', 'login', 'a%20b']) {
    expectProblem(await del(`/${name}/unfollow/`, { token: access }), 404, 'not_found');
  }
});

test('is done by exactly one of many equal requests at the same time', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
  const answers = await Promise.all(Array.from({ length: 6 }, () => unfollow(alice, bob)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(0);
});
