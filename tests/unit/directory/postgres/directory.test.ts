import * as v from 'valibot';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { PostgresDirectory } from '../../../../lib/directory/postgres/directory.ts';
import { pull } from '../../../../lib/directory/postgres/pull.ts';
import { CARDS } from '../../../../lib/directory/postgres/schema.ts';
import { prepare, storeChanges } from '../../../../lib/directory/postgres/store.ts';
import { DirectoryQuery } from '../../../../lib/directory/query.ts';
import { type Card, readFeed } from '../../../../lib/table/cards.ts';
import { seededRandom } from '../../../../local/seed/random.ts';
import { connectTo } from '../../../support/directoryEngines.ts';
import { expectedBatch } from '../../../support/directoryModel.ts';
import { randomQuery, randomText } from '../../../support/directoryQueries.ts';
import { captureLogs } from '../../../support/output.ts';
import { startPostgres } from '../../../support/postgres.ts';
import { storedUser, storeUser } from '../../../support/users.ts';

const HOUR = 3_600_000;
const start = Date.UTC(2026, 0, 1);

const postgres = await startPostgres();
const database = connectTo(postgres);

beforeEach(async () => {
  await prepare(database);
  await database.transact((ask) => ask({ text: `DROP TABLE ${CARDS}, feeds_1` }));
  await prepare(database);
});

afterAll(async () => {
  await database.close();
  await postgres[Symbol.asyncDispose]();
});

function card(id: number, changes: Partial<Card> = {}): Card {
  const { email: _, password_hash: __, epoch: ___, ...stored } = storedUser(id, changes);
  return { ...stored, updated_at: start, ...changes };
}

/** What the database alone knows: the feed has nothing to add. */
const alone = () => new PostgresDirectory(database, { read_feed: async function* () {} });

const query = (parameters: Record<string, string> = {}) => v.parse(DirectoryQuery, parameters);
const ids = async (directory: PostgresDirectory, parameters: Record<string, string> = {}) =>
  (await directory.find(query(parameters))).cards.map(({ id }) => id);

const store = (...changes: Parameters<typeof storeChanges>[1]['changes']) =>
  storeChanges(database, { shard: 0, changes, settled: start });

test('the database alone answers any query as the contract says', async () => {
  const random = seededRandom(7);
  const cards = Array.from({ length: 120 }, (_, n) => {
    const [first_name, last_name, bio] = [5, 5, 12].map((longest) => randomText(random, longest));
    return card(n + 1, {
      username: `${randomText(random, 3, ['a', 'B', '_', '.'])}${n}`,
      ...{ first_name: first_name ?? '', last_name: last_name ?? '', bio: bio ?? '' },
      created_at: start + Math.floor(random() * 50),
    });
  });
  await store(...cards);
  const directory = alone();
  for (let n = 0; n < 300; n++) {
    const asked = { ...randomQuery(random), batch_number: Math.floor(random() * 12) };
    const { users, batch_info } = expectedBatch(cards, asked);
    const listed = users.map(({ is_following: _, ...shown }) => shown);
    expect(await directory.find(asked), JSON.stringify(asked)).toEqual({
      total: batch_info.total_users,
      cards: listed,
    });
  }
});

test('users are left out of pages and totals, those of the database and those that have just changed', async () => {
  const users = [await storeUser({ updated_at: start }), await storeUser({ updated_at: start + 1 })];
  const [first, second] = users.map(({ id }) => id) as [number, number];
  await store(card(first), card(500), card(501));
  const directory = new PostgresDirectory(database, { clock: () => start + HOUR });
  const all = await directory.find(query());
  expect(all.cards.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second, 500, 501]));
  const left_out = [first, 500, 999];
  const some = await directory.find(query(), Promise.resolve(left_out));
  expect(some.total).toBe(all.total - 2);
  expect(some.cards).toEqual(all.cards.filter(({ id }) => !left_out.includes(id)));
});

test('pages beyond the middle stay exact when the number of cards has changed meanwhile', async () => {
  await store(...Array.from({ length: 20 }, (_, n) => card(n + 1)));
  const directory = alone();
  expect(await ids(directory, { batch_size: '5', batch_number: '3' })).toEqual([16, 17, 18, 19, 20]);
  await store(card(21), card(22));
  expect(await ids(directory, { batch_size: '5', batch_number: '3' })).toEqual([16, 17, 18, 19, 20]);
  expect(await ids(directory, { batch_size: '5', batch_number: '4' })).toEqual([21, 22]);
  expect(await ids(directory, { batch_size: '5', batch_number: '3', ordering: '-created_at' })).toEqual([
    7, 6, 5, 4, 3,
  ]);
});

describe('a database that is behind', () => {
  test('is told of when nothing was pulled for long, and answers all the same', async () => {
    for (let shard = 0; shard < 4; shard++)
      await storeChanges(database, { shard, changes: [], settled: start });
    await store(card(1));
    const { id } = await storeUser({ updated_at: start + 1 });
    const listAfter = (minutes: number) =>
      captureLogs(() =>
        new PostgresDirectory(database, { clock: () => start + minutes * 60_000 }).find(query()),
      );
    const [soon, late] = [await listAfter(20), await listAfter(40)];
    expect(soon.lines).toEqual([]);
    expect(late.lines).toMatchObject([{ message: 'directory_behind', behind_ms: 40 * 60_000 }]);
    expect(late.result.cards.map((found) => found.id)).toContain(id);
  });

  test('by more than an instance can hold is unavailable', async () => {
    const directory = new PostgresDirectory(database, {
      read_feed: async function* (_, since) {
        for (let n = 1; ; n++) {
          yield { changes: [], damaged: [], read_to: since + n, is_last: false, read_units: 500 };
        }
      },
    });
    const { lines } = await captureLogs(() =>
      expect(directory.find(query())).rejects.toMatchObject({ code: 'unavailable' }),
    );
    expect(lines.map(({ message }) => message)).toEqual(['directory_behind', 'directory_outgrown']);
  });

  test('whose backup came back is caught up with', async () => {
    const { id } = await storeUser({ updated_at: start + 5 });
    for (let shard = 0; shard < 4; shard++)
      await storeChanges(database, { shard, changes: [], settled: start + HOUR });
    const directory = new PostgresDirectory(database, { clock: () => start + HOUR });
    expect(await ids(directory)).not.toContain(id);
    await database.transact((ask) => ask({ text: 'UPDATE feeds_1 SET settled = 0' }));
    expect(await ids(directory, { batch_size: '100' })).toContain(id);
  });
});

describe('who is gone', () => {
  const gone = (updated_at: number) => ({ id: 1, updated_at });

  test('is in no list and no total, and leaves nothing but an id and a time', async () => {
    await store(card(1, { bio: 'secret' }), card(2));
    expect(await store(gone(start + 1))).toBe(1);
    expect(await alone().find(query())).toMatchObject({ total: 1, cards: [{ id: 2 }] });
    expect(await ids(alone(), { search: 'secret' })).toEqual([]);
    const [left] = await database.read({ text: `SELECT * FROM ${CARDS} WHERE id = 1` });
    const { id, shard, removed, updated_at, created_at, ...rest } = left ?? {};
    expect([id, shard, removed, updated_at, created_at]).toEqual(['1', 0, true, String(start + 1), '0']);
    expect(Object.values(rest).filter(Boolean)).toEqual([]);
  });

  test('is not brought back by an older card, but by a newer one', async () => {
    await store(card(1), gone(start + 2));
    expect(await store(card(1, { updated_at: start + 1 }))).toBe(0);
    expect(await ids(alone())).toEqual([]);
    expect(await store(card(1, { updated_at: start + 3 }))).toBe(1);
    expect(await alone().find(query())).toMatchObject({ total: 1, cards: [{ id: 1 }] });
  });

  test('is gone at once, before the database knows', async () => {
    await store(card(1), card(2));
    const directory = new PostgresDirectory(database, {
      clock: () => start,
      read_feed: async function* (shard) {
        if (shard === 1)
          yield { changes: [gone(start + 1)], damaged: [], read_to: start, is_last: true, read_units: 1 };
      },
    });
    expect(await directory.find(query())).toMatchObject({ total: 1, cards: [{ id: 2 }] });
  });
});

describe('a pull', () => {
  const clock = () => Date.now() + HOUR;

  test('changes nothing when it comes again', async () => {
    await storeUser({ updated_at: start });
    const { changes } = await pull(database, { clock });
    expect(changes).toBeGreaterThan(0);
    const { total } = await alone().find(query());
    expect(await pull(database, { clock })).toEqual({ outcome: 'pulled', changes: 0 });
    expect((await alone().find(query())).total).toBe(total);
  });

  test('that breaks off has stored what it read, and the next one goes on from there', async () => {
    for (let n = 0; n < 12; n++) await storeUser({ updated_at: start + n * HOUR });
    const broken = pull(database, {
      clock,
      read_feed: async function* (shard, since) {
        let pages = 0;
        for await (const page of readFeed(shard, since, 1)) {
          if (pages++ === 2) throw new Error('broken');
          yield page;
        }
      },
    });
    await expect(broken).rejects.toThrow('broken');
    const { total } = await alone().find(query());
    expect(total).toBeGreaterThan(0);
    const since: number[] = [];
    await pull(database, {
      clock,
      read_feed: (shard, from, size) => {
        since.push(from);
        return readFeed(shard, from, size);
      },
    });
    expect(Math.min(...since)).toBeGreaterThanOrEqual(start);
  });

  test('that has no time left says so, and lets the next one go on', async () => {
    await storeUser({ updated_at: start });
    expect(await pull(database, { clock, longest: 0 })).toMatchObject({ outcome: 'unfinished' });
    expect(await pull(database, { clock })).toMatchObject({ outcome: 'pulled' });
  });

  test('leaves the work to another one that is under way, unless that has died', async () => {
    let now = Date.now() + HOUR;
    const { promise: reading, resolve: begin } = Promise.withResolvers<void>();
    const dying = pull(database, {
      clock: () => now,
      read_feed: async function* () {
        begin();
        await new Promise(() => {});
      },
    });
    await reading;
    expect(await pull(database, { clock: () => now })).toEqual({ outcome: 'claimed' });
    now += HOUR;
    expect(await pull(database, { clock: () => now })).toMatchObject({ outcome: 'pulled' });
    void dying;
  });

  test('heals once a day what no change told of', async () => {
    const { id } = await storeUser({ updated_at: start });
    await pull(database, { clock });
    await store(card(9001));
    await storeChanges(database, { shard: 1, changes: [{ id, updated_at: start + 1 }], settled: 0 });
    expect(await pull(database, { clock: () => clock() + 25 * HOUR })).toMatchObject({ vanished: 1 });
    expect(await ids(alone(), { batch_size: '100' })).not.toContain(9001);
  });
});
