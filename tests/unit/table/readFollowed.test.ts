import { expect, test } from 'vitest';
import { metered } from '../../../lib/meter.ts';
import { insertFollow, readFollowed } from '../../../lib/table/follows.ts';
import type { User } from '../../../lib/table/users.ts';
import { storeUser, uniqueName } from '../../support/users.ts';

let next_id = 1;

async function followAll(follower: User, usernames: readonly string[]): Promise<void> {
  for (const following_username of usernames) {
    const following = next_id++;
    await insertFollow(follower, { id: following, following, following_username, created_at: 0 });
  }
}

const names = (prefix: string, number: number) =>
  Array.from({ length: number }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

test.each([0, 1_000_000, undefined])('tells whom a reader follows when the count says %s', async (count) => {
  const user = await storeUser({ username: uniqueName('Reader') });
  const { username } = user;
  const reader = { username, ...(count !== undefined && { following_count: count }) };
  expect(await readFollowed(reader, ['anna'])).toEqual(new Set());
  await followAll(user, ['Anna', 'bob', 'Zoe.9', 'not-asked-for']);
  expect(await readFollowed(reader, ['zoe.9', 'carl', 'ANNA', 'a', 'zz'])).toEqual(
    new Set(['anna', 'zoe.9']),
  );
  expect(await readFollowed(reader, [])).toEqual(new Set());
});

test('finds the names that lie beyond many other edges', async () => {
  const user = await storeUser({ username: uniqueName('Reader') });
  const { username } = user;
  const edges = [...names('b', 40), 'm', 'z'];
  await followAll(user, edges);
  for (const following_count of [edges.length, 1]) {
    const reader = { username, following_count };
    expect(await readFollowed(reader, ['a', 'b007', 'z'])).toEqual(new Set(['b007', 'z']));
    expect(await readFollowed(reader, ['m', 'b039'])).toEqual(new Set(['m', 'b039']));
  }
});

test('costs half a read unit for ten names when the reader follows twenty, half a unit a name when thousands', async () => {
  const user = await storeUser({ username: uniqueName('Reader') });
  const { username } = user;
  await followAll(user, names('c', 20));
  const cost = (following_count: number) =>
    metered(async (consumption) => {
      await readFollowed({ username, following_count }, [...names('c', 5), ...names('d', 5)]);
      return consumption;
    });
  expect(await cost(20)).toMatchObject({ trips: 1, read_units: 0.5 });
  expect(await cost(5000)).toMatchObject({ trips: 1, read_units: 5 });
});
