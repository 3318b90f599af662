import { expect, test } from 'vitest';
import { isPossibleUsername } from '../../../../lib/fields.ts';
import { readBlocks } from '../../../../lib/table/blocks.ts';
import { readFollowers, readFollowing } from '../../../../lib/table/follows.ts';
import { leaseIds } from '../../../../lib/table/sequences.ts';
import { readUsername, readUserWithCounts } from '../../../../lib/table/users.ts';
import { blockedBy, friends, person } from '../../../../local/seed/people.ts';
import { writeBlocks, writeFollows, writePeople } from '../../../../local/seed/population.ts';
import { findContradictions } from '../../../support/audit.ts';

const silent = { advance() {}, finish() {} };
const population = (users: number, follows: number) => ({
  users,
  follows,
  password_hash: '',
  now: Date.now(),
});

async function write(users: number, follows: number) {
  const people = await writePeople(population(users, follows), silent);
  const new_follows = await writeFollows(people, population(users, follows), silent);
  return { people, new_follows };
}

test('a person is the same every time, and could have registered', () => {
  expect(person(7)).toEqual(person(7));
  const names = Array.from({ length: 2000 }, (_, n) => person(n + 1).username);
  expect(new Set(names).size).toBe(2000);
  expect(names.filter((name) => !isPossibleUsername(name))).toEqual([]);
});

test('a person follows that many others, never itself', () => {
  for (const number of [1, 2, 50]) {
    const chosen = friends(number, { size: 50, follows: 10 });
    expect(new Set(chosen).size).toBe(10);
    expect(chosen).not.toContain(number);
  }
  expect(friends(1, { size: 3, follows: 10 })).toHaveLength(2);
});

test('nobody follows across a block', () => {
  const size = 12;
  for (let number = 1; number <= size; number++) {
    const blocked = blockedBy(number);
    if (blocked === undefined) continue;
    expect(friends(number, { size, follows: 50 })).toHaveLength(size - 2);
    expect(friends(number, { size, follows: 50 })).not.toContain(blocked);
    expect(friends(blocked, { size, follows: 50 })).not.toContain(number);
  }
});

test('one person in ten blocks another, once', async () => {
  const { people } = await write(40, 3);
  expect(await writeBlocks(people, population(40, 3))).toBe(4);
  expect(await writeBlocks(people, population(40, 3))).toBe(0);
  const [blocker, blocked] = [people.get(20)?.username ?? '', people.get(13)];
  expect(await readBlocks(blocker)).toEqual([
    { id: blocked?.id, username: blocked?.username, side: 'blocked' },
  ]);
  expect(await findContradictions()).toEqual([]);
});

test('a population is registered with ids of the sequence, follows exactly, and can be continued', async () => {
  await write(30, 3);
  const { people, new_follows } = await write(60, 5);
  expect(people.size).toBe(60);
  expect(new_follows).toBeGreaterThanOrEqual(30 * 5);
  expect((await write(60, 5)).new_follows).toBe(0);

  let followers = 0;
  for (const { id, username } of people.values()) {
    const profile = await readUserWithCounts(username);
    const following = await readFollowing(username, { size: 100 });
    const followed_by = await readFollowers(username, { size: 100 });
    expect(profile?.counts).toMatchObject({
      following_count: following.entries.length,
      followers_count: followed_by.entries.length,
    });
    expect(await readUsername(id)).toBe(username);
    followers += followed_by.entries.length;
  }
  expect(followers).toBeGreaterThanOrEqual(60 * 5);
  expect(await leaseIds('user', 1)).toBeGreaterThan(Math.max(...[...people.values()].map(({ id }) => id)));
});
