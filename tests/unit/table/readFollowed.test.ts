import { expect, test } from 'vitest';
import { insertFollow, readFollowed } from '../../../lib/table/follows.ts';
import { metered } from '../../../lib/table/meter.ts';
import { insertUser, type User } from '../../../lib/table/users.ts';
import { uniqueName } from '../../support/api.ts';

let next_id = 1;

async function storedUser(): Promise<User> {
  const username = uniqueName('Reader');
  const texts = {
    email: `${username}@example.com`,
    password_hash: '',
    first_name: '',
    last_name: '',
    bio: '',
  };
  const user = { id: next_id++, username, ...texts, avatar: null, created_at: 0, updated_at: 0 };
  await insertUser(user);
  return user;
}

async function followAll(follower: User, usernames: readonly string[]): Promise<void> {
  for (const following_username of usernames) {
    const following = next_id++;
    const ids = { id: following, follower: follower.id, following };
    await insertFollow({ ...ids, follower_username: follower.username, following_username, created_at: 0 });
  }
}

const names = (prefix: string, number: number) =>
  Array.from({ length: number }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

test('tells whom the follower follows, in lower case, in any order and of any case', async () => {
  const follower = await storedUser();
  await followAll(follower, ['Anna', 'bob', 'Zoe.9', 'not-asked-for']);
  const followed = await readFollowed(follower.username, ['zoe.9', 'carl', 'ANNA', 'a', 'zz']);
  expect(followed).toEqual(new Set(['anna', 'zoe.9']));
});

test('tells nothing of nobody', async () => {
  const follower = await storedUser();
  expect(await readFollowed(follower.username, [])).toEqual(new Set());
  expect(await readFollowed(follower.username, ['anna'])).toEqual(new Set());
});

test('finds the names that lie beyond many other edges', async () => {
  const follower = await storedUser();
  await followAll(follower, [...names('b', 40), 'm', 'z']);
  expect(await readFollowed(follower.username, ['a', 'b007', 'z'])).toEqual(new Set(['b007', 'z']));
  expect(await readFollowed(follower.username, ['m', 'b039'])).toEqual(new Set(['m', 'b039']));
});

test('costs half a read unit for ten names of someone who follows twenty', async () => {
  const follower = await storedUser();
  await followAll(follower, names('c', 20));
  const consumption = await metered(async (consumption) => {
    await readFollowed(follower.username, [...names('c', 5), ...names('d', 5)]);
    return consumption;
  });
  expect(consumption).toMatchObject({ trips: 1, read_units: 0.5 });
});
