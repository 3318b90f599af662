import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { block, follow, newUser, type TestUser, uniqueName } from '../../support/users.ts';

const ask = (caller: TestUser, usernames: readonly string[]) =>
  get(`/relationships/?${new URLSearchParams({ usernames: usernames.join(',') })}`, { token: caller.access });

test('tells what is between the caller and each user, in the order asked for', async () => {
  const [caller, followed, follower, friend, blocked, stranger] = [
    ...[await newUser(), await newUser(), await newUser(), await newUser(), await newUser(), await newUser()],
  ] as const;
  await follow(caller, followed);
  await follow(follower, caller);
  await follow(caller, friend);
  await follow(friend, caller);
  await block(caller, blocked);
  const asked = [stranger, friend, blocked, followed, follower, caller].map(({ username }) => username);
  const answer = await ask(caller, asked);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    results: [
      { username: stranger.username, is_following: false, follows_me: false, is_blocked: false },
      { username: friend.username, is_following: true, follows_me: true, is_blocked: false },
      { username: blocked.username, is_following: false, follows_me: false, is_blocked: true },
      { username: followed.username, is_following: true, follows_me: false, is_blocked: false },
      { username: follower.username, is_following: false, follows_me: true, is_blocked: false },
      { username: caller.username, is_following: false, follows_me: false, is_blocked: false },
    ],
  });
});

test('leaves out names that nobody has or can have, and asks for each name once, as first spelled', async () => {
  const [caller, bob] = [await newUser(), await newUser()];
  const upper = bob.username.toUpperCase();
  const { body } = await ask(caller, [uniqueName(), upper, '', ' ', bob.username, 'me', 'ä', '...']);
  expect(body.results.map(({ username }: TestUser) => username)).toEqual([upper]);
});

test('finds out of a hundred those whom somebody with many follows and followers is related to', async () => {
  const caller = await newUser();
  const others = await Promise.all(Array.from({ length: 100 }, () => newUser()));
  for (const [n, other] of others.entries()) {
    if (n % 3 === 0) await follow(caller, other);
    if (n % 4 === 0) await follow(other, caller);
  }
  const all = await ask(
    caller,
    others.map(({ username }) => username),
  );
  expect(all.body.results).toEqual(
    others.map(({ username }, n) => ({
      ...{ username, is_following: n % 3 === 0, follows_me: n % 4 === 0, is_blocked: false },
    })),
  );
  // Few names out of many followers are looked up one by one.
  for (const [n, { username }] of others.slice(0, 5).entries()) {
    const { body } = await ask(caller, [username]);
    expect(body.results).toMatchObject([{ username, is_following: n % 3 === 0, follows_me: n % 4 === 0 }]);
  }
});

test('refuses more than a hundred names, and none', async () => {
  const caller = await newUser();
  const token = caller.access;
  const names = Array.from({ length: 101 }, (_, n) => `n${n}`);
  expectProblem(await ask(caller, names), 400, 'invalid', ['usernames']);
  expect((await ask(caller, names.slice(1))).status).toBe(200);
  for (const path of ['/relationships/', '/relationships/?usernames=', '/relationships/?usernames=,,']) {
    expectProblem(await get(path, { token }), 400, 'invalid', ['usernames']);
  }
});
