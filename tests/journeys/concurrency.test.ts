import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { below, oneOf, seededRandom } from '../../local/seed/random.ts';
import { get, post, sendAll } from '../support/api.ts';
import { scanItems } from '../support/table.ts';
import { follow, newUser, registration, type TestUser, unfollow, uniqueName } from '../support/users.ts';

const MINUTES = 60_000;

/** Registrations at once: every one of them is hashed. */
const REGISTRATIONS = Number(process.env.REGISTRATIONS);
const RIVALS = 20;
const WINNERS = REGISTRATIONS - 2 * RIVALS + 2;

test(`of ${REGISTRATIONS} registrations at once, ${RIVALS} for one name and ${RIVALS} for one address, one of each wins and the list is exact`, {
  timeout: 3 * MINUTES,
}, async () => {
  const bio = `r${randomUUID().slice(0, 8)}`;
  const username = uniqueName('wanted');
  const email = `${uniqueName('wanted')}@example.com`;
  const bodies = Array.from({ length: REGISTRATIONS }, (_, n) =>
    registration({ bio, ...(n < RIVALS ? { username } : n < 2 * RIVALS && { email }) }),
  );
  const answers = await sendAll(bodies.map((body) => () => post('/register/', body)));

  const statuses = answers.map(({ status }) => status);
  const oneWinner = [201, ...Array(RIVALS - 1).fill(409)];
  expect(statuses.slice(0, RIVALS).sort()).toEqual(oneWinner);
  expect(statuses.slice(RIVALS, 2 * RIVALS).sort()).toEqual(oneWinner);
  expect(new Set(statuses.slice(2 * RIVALS))).toEqual(new Set([201]));

  const winners = answers.filter(({ status }) => status === 201).map(({ body }) => body.user);
  const ids = new Set<number>(winners.map(({ id }) => id));
  expect(ids.size).toBe(WINNERS);

  const seen: number[] = [];
  const total_batches = Math.ceil(WINNERS / 30);
  for (let batch_number = 0; batch_number < total_batches; batch_number++) {
    const { body } = await get(
      `/?search=${bio}&batch_size=30&batch_number=${batch_number}&ordering=username`,
    );
    expect(body.batch_info).toMatchObject({ total_users: WINNERS, total_batches });
    seen.push(...body.users.map(({ id }: TestUser) => id));
  }
  expect(new Set(seen)).toEqual(ids);
  expect(seen).toHaveLength(WINNERS);
  const found = await get(`/?search=${bio}%20${username}`);
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
