import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Directory } from '../../../lib/directory/directory.ts';
import { listUsers } from '../../../lib/directory/list.ts';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import { metered } from '../../../lib/meter.ts';
import { readFeed } from '../../../lib/table/cards.ts';
import { updateUser } from '../../../lib/table/profileChanges.ts';
import { storeUser, uniqueName } from '../../support/users.ts';

const total = async (directory: Directory, search = '') => {
  const { batch_info } = await listUsers(v.parse(DirectoryQuery, { search }), undefined, directory);
  return batch_info.total_users;
};

test('a request that joins a load sees what was registered since the load began', async () => {
  const bio = uniqueName();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const directory = new Directory({
    read_feed: async function* (shard, since) {
      const pages = await Array.fromAsync(readFeed(shard, since));
      begin();
      await gate;
      yield* pages;
    },
  });
  const first = total(directory, bio);
  await begun;
  await storeUser({ bio, updated_at: Date.now() });
  const second = total(directory, bio);
  open();
  expect(await second).toBe(1);
  await first;
});

test('a warm request takes one trip and two read units', async () => {
  const directory = new Directory();
  await total(directory);
  const consumption = await metered(async (units) => {
    await total(directory);
    return units;
  });
  expect(consumption).toMatchObject({ trips: 1, read_units: 2, write_units: 0 });
});

test('a change by a clock that runs behind is not taken for an old one', async () => {
  const stamp = Date.now();
  const before = uniqueName();
  const user = await storeUser({ bio: before, updated_at: stamp });
  const directory = new Directory();
  expect(await total(directory, before)).toBe(1);
  const bio = uniqueName();
  const updated = await updateUser(user, { bio }, () => stamp - 20_000);
  expect(updated).toMatchObject({ user: { updated_at: stamp + 1 } });
  expect(await total(directory, bio)).toBe(1);
  expect(await total(directory, before)).toBe(0);
});

test('two changes in one millisecond both arrive', async () => {
  const stamp = Date.now();
  const user = await storeUser({ updated_at: stamp });
  const [first_name, last_name] = [uniqueName(), uniqueName()];
  const directory = new Directory();
  await Promise.all([
    updateUser(user, { first_name }, () => stamp),
    updateUser(user, { last_name }, () => stamp),
    total(directory),
  ]);
  expect(await total(directory, `${first_name} ${last_name}`)).toBe(1);
});

test('a burst of changes is read again for a quarter of an hour and no longer', async () => {
  const start = Date.now() + 3_600_000;
  let now = start;
  const seen: number[] = [];
  const directory = new Directory({
    clock: () => now,
    read_feed: async function* (shard, since) {
      for await (const page of readFeed(shard, since)) {
        seen.push(page.filter(({ bio: found }) => found === bio).length);
        yield page;
      }
    },
  });
  const bio = uniqueName();
  for (let n = 0; n < 5; n++) await storeUser({ bio, updated_at: start - n });
  const readAgain = async () => {
    seen.length = 0;
    await total(directory);
    return seen.reduce((sum, count) => sum + count, 0);
  };
  expect(await readAgain()).toBe(5);
  now = start + 14 * 60_000;
  expect(await readAgain()).toBe(5);
  now = start + 16 * 60_000;
  await readAgain();
  expect(await readAgain()).toBe(0);
});

test('answers 503 once the cards outgrow the instance', async () => {
  const bio = 'many letters '.repeat(30);
  const small = new Directory({ limit: 200_000 });
  expect(await total(small)).toBeLessThan(100);
  for (let n = 0; n < 20; n++) {
    await Promise.all(Array.from({ length: 20 }, () => storeUser({ bio, updated_at: Date.now() })));
  }
  const unavailable = { code: 'unavailable' };
  await expect(total(small)).rejects.toMatchObject(unavailable);
  await expect(total(small)).rejects.toMatchObject(unavailable);
  await expect(total(new Directory({ limit: 200_000 }))).rejects.toMatchObject(unavailable);
  expect(await total(new Directory())).toBeGreaterThanOrEqual(400);
});
