import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { below, oneOf, seededRandom } from '../../local/seed/random.ts';
import { get, post, sendAll } from '../support/api.ts';
import { scanItems } from '../support/table.ts';
import { follow, newUser, registration, type TestUser, unfollow, uniqueName } from '../support/users.ts';

const MINUTES = 60_000;

test('of 300 registrations at once, 20 for one name and 20 for one address, one of each wins and the list is exact', {
  timeout: 3 * MINUTES,
}, async () => {
  const mark = `r${randomUUID().slice(0, 8)}`;
  const bio = mark;
  const username = uniqueName('wanted');
  const email = `${uniqueName('wanted')}@example.com`;
  const wanted = [
    ...Array.from({ length: 20 }, () => registration({ username, bio })),
    ...Array.from({ length: 20 }, () => registration({ email, bio })),
  ];
  const all = [...wanted, ...Array.from({ length: 260 }, () => registration({ bio }))];
  const answers = await sendAll(all.map((body) => () => post('/register/', body)));

  const statuses = answers.map(({ status }) => status);
  expect(statuses.slice(0, 20).sort()).toEqual([201, ...Array(19).fill(409)]);
  expect(statuses.slice(20, 40).sort()).toEqual([201, ...Array(19).fill(409)]);
  expect(new Set(statuses.slice(40))).toEqual(new Set([201]));

  const winners = answers.filter(({ status }) => status === 201).map(({ body }) => body.user);
  const ids = new Set<number>(winners.map(({ id }) => id));
  expect(ids.size).toBe(262);

  const seen: number[] = [];
  for (let batch_number = 0; batch_number < 3; batch_number++) {
    const { body } = await get(
      `/?search=${mark}&batch_size=100&batch_number=${batch_number}&ordering=username`,
    );
    expect(body.batch_info).toMatchObject({ total_users: 262, total_batches: 3 });
    seen.push(...body.users.map(({ id }: TestUser) => id));
  }
  expect(new Set(seen)).toEqual(ids);
  expect(seen).toHaveLength(262);
  const found = await get(`/?search=${mark}%20${username}`);
  expect(found.body.batch_info.total_users).toBe(1);
});

test('after 400 follows and unfollows at once among 40 users every count equals the edges that exist', {
  timeout: 3 * MINUTES,
}, async () => {
  const users = await Promise.all(Array.from({ length: 40 }, () => newUser()));
  const random = seededRandom(42);
  const pairs = Array.from({ length: 150 }, () => [oneOf(random, users), oneOf(random, users)] as const);
  const before = await sendAll(pairs.slice(0, 50).map((pair) => () => follow(...pair)));
  const during = await sendAll(
    Array.from({ length: 400 }, () => {
      const pair = oneOf(random, pairs);
      return below(random, 2) === 0 ? () => follow(...pair) : () => unfollow(...pair);
    }),
  );
  const answers = [...before, ...during];
  const served = during.map(({ status }) => status).filter((status) => ![400, 404, 409].includes(status));
  expect(new Set(served)).toEqual(new Set([200, 201]));

  const names = new Set(users.map(({ username }) => `USER#${username.toLowerCase()}`));
  const edges = (await scanItems())
    .map(({ PK, SK }) => ({
      follower: String(PK),
      followed: String(SK).replace('FOLLOWS#', 'USER#'),
      SK: String(SK),
    }))
    .filter(({ follower, SK }) => names.has(follower) && SK.startsWith('FOLLOWS#'));
  const follows = answers.filter(({ status }) => status === 201).length;
  const unfollows = answers.filter(({ status }) => status === 200).length;
  expect(edges).toHaveLength(follows - unfollows);

  for (const { username } of users) {
    const key = `USER#${username.toLowerCase()}`;
    const { body } = await get(`/${username}/`);
    expect([username, body.followers_count, body.following_count]).toEqual([
      username,
      edges.filter(({ followed }) => followed === key).length,
      edges.filter(({ follower }) => follower === key).length,
    ]);
    const followers = await get(`/${username}/followers/`);
    expect(followers.body.results).toHaveLength(followers.body.count);
  }
});
