import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { Directory } from '../../../lib/directory/directory.ts';
import type { Limits } from '../../../lib/directory/limits.ts';
import { listUsers } from '../../../lib/directory/list.ts';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import { metered } from '../../../lib/meter.ts';
import { isCard, readFeed } from '../../../lib/table/cards.ts';
import { userKey } from '../../../lib/table/keys.ts';
import { updateUser } from '../../../lib/table/profileChanges.ts';
import { documents, TableName } from '../../../lib/table/send.ts';
import type { User } from '../../../lib/table/users.ts';
import { seededRandom } from '../../../local/seed/random.ts';
import { heavyText, maximalProfile } from '../../support/directoryCrowd.ts';
import { captureLogs, type LogLine } from '../../support/output.ts';
import { removeCard, restoreCard } from '../../support/table.ts';
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
    read_feed: async function* (shard, since, size) {
      const pages = await Array.fromAsync(readFeed(shard, since, size));
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

test('who is gone is in no list from the next request on, and comes back with a later change only', async () => {
  const bio = uniqueName();
  const stamp = Date.now();
  const user = await storeUser({ bio, updated_at: stamp });
  const [warm, cold] = [new Directory(), new Directory()];
  expect(await total(warm, bio)).toBe(1);
  await removeCard(user, stamp + 1);
  expect(await total(warm, bio)).toBe(0);
  expect(await total(cold, bio)).toBe(0);
  await restoreCard(user, stamp + 2);
  expect(await total(warm, bio)).toBe(1);
  expect(await total(new Directory(), bio)).toBe(1);
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
    read_feed: async function* (shard, since, size) {
      for await (const page of readFeed(shard, since, size)) {
        seen.push(page.changes.filter((change) => isCard(change) && change.bio === bio).length);
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

test('M5: a damaged card is left out and told of once, and the list goes on', async () => {
  const bio = uniqueName();
  const [whole, damaged] = [await storeUser({ bio }), await storeUser({ bio, updated_at: Date.now() })];
  await documents.send(
    new UpdateCommand({ TableName, Key: userKey(damaged.username), UpdateExpression: 'REMOVE bio' }),
  );
  const { lines } = await captureLogs(async () => {
    const directory = new Directory();
    expect(await total(directory, bio)).toBe(1);
    expect(await total(directory, whole.username)).toBe(1);
    expect(await total(new Directory(), bio)).toBe(1);
  });
  expect(lines.filter(({ message }) => message === 'card_damaged')).toMatchObject([
    { level: 'ERROR', id: damaged.id },
  ]);
  expect(lines.find(({ message }) => message === 'directory_loaded')).toMatchObject({ damaged: 1 });
  expect(JSON.stringify(lines)).not.toContain(damaged.username);
});

describe('H2: a crowd that keeps changing', () => {
  const random = seededRandom(1);
  /** Nobody changes before that. */
  let now = Date.now() + 10 * 3_600_000;
  let crowd: User[] = [];

  beforeAll(async () => {
    const profiles = Array.from({ length: 100 }, () => maximalProfile(random));
    crowd = await Promise.all(
      profiles.map((profile, n) => storeUser({ ...profile, updated_at: now - 10 * n })),
    );
  });

  const change = async (user: User) => {
    const stamp = now - Math.floor(random() * 100);
    await updateUser(user, { bio: heavyText(random, 500) }, () => stamp);
  };

  /** Asks twice a second while everybody changes once in ten seconds. */
  async function listAmidst(directory: Directory, seconds: number) {
    const costs: number[] = [];
    for (let n = 0; n < seconds * 2; n++) {
      now += 500;
      await Promise.all(crowd.slice((n % 20) * 5, (n % 20) * 5 + 5).map(change));
      costs.push(
        await metered(async (consumed) => {
          await total(directory, 'nobody');
          return consumed.read_units;
        }),
      );
    }
    return costs;
  }

  test('costs others at most 20 read units a list', { timeout: 120_000 }, async () => {
    const directory = new Directory({ clock: () => now });
    await total(directory);
    const { result: costs, lines } = await captureLogs(() => listAmidst(directory, 15));
    // A caller with a token pays five more.
    expect(Math.max(...costs.slice(1))).toBeLessThanOrEqual(15);
    // After a quiet time, such heavy cards come as a surprise.
    expect(costs[0]).toBeLessThanOrEqual(100);
    expect(lines.filter(({ message }) => message === 'directory_behind').length).toBeLessThanOrEqual(1);
  });

  test('hides nobody: what comes late is found, and in the end everything', {
    timeout: 120_000,
  }, async () => {
    const directory = new Directory({ clock: () => now });
    await total(directory);
    const late: string[] = [];
    for (let n = 0; n < 4; n++) {
      await listAmidst(directory, 3);
      const { username } = await storeUser({ updated_at: now - 8000, username: uniqueName('late') });
      late.push(username);
    }
    // No more changes: it catches up, request by request.
    for (let n = 0; n < 60; n++) {
      now += 500;
      await total(directory);
    }
    for (const username of late) expect(await total(directory, username)).toBe(1);
    const [fresh, warm] = [new Directory({ clock: () => now }), directory];
    for (const { username } of crowd) {
      const query = v.parse(DirectoryQuery, { search: username });
      expect(await listUsers(query, undefined, warm)).toEqual(await listUsers(query, undefined, fresh));
    }
  });

  test('is caught up with at once by an instance that was idle', async () => {
    const directory = new Directory({ clock: () => now });
    await total(directory);
    now += 300_000;
    const username = uniqueName('idle');
    await Promise.all(crowd.map(change));
    await storeUser({ username, updated_at: now });
    expect(await total(directory, username)).toBe(1);
  });

  test('is told of, when more changes than a request may read', async () => {
    const directory = new Directory({ clock: () => now });
    await total(directory);
    now += 1000;
    await Promise.all(crowd.map(change));
    const { lines } = await captureLogs(() => total(directory));
    expect(lines).toMatchObject([
      { message: 'directory_behind', level: 'WARN', behind_ms: expect.any(Number) },
    ]);
  });
});

describe('H2: an instance that the cards outgrow', () => {
  const bio = 'many letters '.repeat(30);
  beforeAll(async () => {
    for (let n = 0; n < 20; n++) {
      await Promise.all(Array.from({ length: 20 }, () => storeUser({ bio, updated_at: Date.now() })));
    }
  });

  const MB = 1024 * 1024;
  const outgrown = ({ message }: LogLine) => message === 'directory_outgrown';
  const limitsOf = (limits: Partial<Limits>): Limits => ({
    file: 10 * MB,
    texts: MB,
    changes: MB,
    ...limits,
  });

  async function loadedBytes(): Promise<number> {
    const { lines } = await captureLogs(() => total(new Directory()));
    return Number(lines.find(({ message }) => message === 'directory_loaded')?.bytes);
  }

  test('goes on without its search index, and answers the same', async () => {
    const whole = new Directory();
    const file = (await loadedBytes()) - 1000;
    const { result: tight, lines } = await captureLogs(async () => {
      const directory = new Directory({ limits: limitsOf({ file }) });
      await total(directory);
      await total(directory);
      return directory;
    });
    expect(lines.filter(outgrown)).toMatchObject([
      { level: 'ERROR', limit_bytes: file, given_up: ['search_index'] },
    ]);
    for (const search of ['', 'many', 'no such thing', 'ma y l']) {
      expect(await total(tight, search)).toBe(await total(whole, search));
    }
  });

  test('serves the cards that fit, when nothing else can be given up', async () => {
    const { lines } = await captureLogs(async () => {
      const directory = new Directory({ limits: limitsOf({ file: 100_000 }) });
      expect(await total(directory)).toBeGreaterThan(10);
    });
    expect(lines.filter(outgrown)).toMatchObject([{ given_up: ['search_index', 'cards'] }]);
  });

  test('is told of before anything has to be given up', async () => {
    const file = (await loadedBytes()) * 1.1;
    const { lines } = await captureLogs(() => total(new Directory({ limits: limitsOf({ file }) })));
    expect(lines.filter(outgrown)).toMatchObject([{ level: 'ERROR', given_up: [] }]);
  });

  test('leaves out changes for which there is no room, and is never unavailable', async () => {
    const directory = new Directory({ limits: limitsOf({ changes: 10_000 }) });
    const before = await total(directory);
    const { lines } = await captureLogs(async () => {
      for (let n = 0; n < 3; n++) {
        await Promise.all(Array.from({ length: 10 }, () => storeUser({ bio, updated_at: Date.now() })));
        expect(await total(directory)).toBeGreaterThan(before);
      }
    });
    expect(lines.filter(outgrown)).toMatchObject([{ given_up: ['changes'] }]);
    expect(await total(new Directory())).toBe(before + 30);
  });
});
