import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import { Replica, ReplicaFull } from '../../../lib/directory/replica/replica.ts';
import { expectedBatch } from '../../support/directoryModel.ts';
import { storedUser } from '../../support/users.ts';

const query = (parameters: Record<string, string>) => v.parse(DirectoryQuery, parameters);

function replicaOf(...cards: ReturnType<typeof storedUser>[]) {
  const replica = new Replica();
  replica.add(cards);
  replica.buildIndexes();
  return replica;
}

const found = (replica: Replica, parameters: Record<string, string>) =>
  replica.find(query(parameters)).cards.map(({ id }) => id);

describe('a search', () => {
  test.each([
    ['ÉLODIE', 'élodie'],
    ['élodie', 'ÉLODIE'],
    ['οδοσ', 'ΟΔΟΣ'],
    ['ΟΔΟΣ', 'οδοσα'],
    ['ς', 'ΣΟΦΙΑ'],
    ['straße', 'STRAßE'],
    ['İ', 'xİx'],
    ['😀', 'a😀b'],
    ['100%', 'at 100% now'],
    ['a_b', 'A_B'],
    ['"', 'say "hi"'],
    ["o'c", "O'Connor"],
    ['*', 'a*b'],
    ['NEAR', 'nearby'],
  ])('for %s finds %s', (search, first_name) => {
    const replica = replicaOf(storedUser(1, { first_name }), storedUser(2));
    expect(found(replica, { search })).toEqual([1]);
    expect(found(replica, { first_name: search })).toEqual([1]);
  });

  test.each([
    ['100%', '100 percent'],
    ['a_b', 'axb'],
    ['ss', 'ß'],
    ['e', 'é'],
  ])('for %s does not find %s', (search, bio) => {
    const replica = replicaOf(storedUser(1, { username: 'q', bio }));
    expect(replica.find(query({ search })).total).toBe(0);
  });

  test('does not match across two fields', () => {
    const replica = replicaOf(storedUser(1, { username: 'x', first_name: 'anna', last_name: 'berg' }));
    expect(replica.find(query({ search: 'annaberg' })).total).toBe(0);
    expect(replica.find(query({ search: 'ab' })).total).toBe(0);
  });

  test('takes ten terms, and terms as long as a query may be', () => {
    const long = 'abcdefghij'.repeat(20);
    const terms = 'a1b a2b a3b a4b a5b a6b a7b a8b a9b a0b';
    const replica = replicaOf(storedUser(1, { bio: `${long}k` }), storedUser(2, { bio: terms }));
    expect(found(replica, { search: long, first_name: '' })).toEqual([1]);
    expect(found(replica, { search: terms })).toEqual([2]);
  });

  test('finds what changed, and no longer what it was, though it was searched for before', () => {
    const replica = replicaOf(storedUser(1, { bio: 'chess' }), storedUser(2));
    expect(found(replica, { search: 'chess' })).toEqual([1]);
    replica.apply([storedUser(1, { bio: 'sailing', updated_at: Date.UTC(2026, 1, 1) })]);
    expect(found(replica, { search: 'chess' })).toEqual([]);
    expect(found(replica, { search: 'sailing' })).toEqual([1]);
  });
});

describe('orders', () => {
  const texts = ['', 'a', 'B', 'b', 'ä', 'Z', 'ß', 'ﬀ', '😀', 'Ω', 'ω', 'aa', 'A'];
  const cards = Array.from({ length: 200 }, (_, n) =>
    storedUser(n + 1, {
      username: `${texts[n % 3]}u${(n * 7919) % 200}`,
      first_name: texts[(n * 5) % texts.length] ?? '',
      last_name: texts[(n * 3) % texts.length] ?? '',
      created_at: Date.UTC(2026, 0, 1) + ((n * 31) % 50),
      bio: n % 2 ? 'many' : 'many few',
    }),
  );
  const replica = replicaOf(...cards);

  test.each(
    ['username', 'first_name', 'last_name', 'created_at'].flatMap((by) => [
      [by, ''],
      [`-${by}`, ''],
      [by, 'many'],
      [`-${by}`, 'many'],
      [by, 'user1 few'],
      [by, 'u17'],
      [`-${by}`, 'u17'],
    ]),
  )('every page by %s of what matches "%s"', (ordering, search) => {
    for (const batch_number of ['0', '1', '7', '13', '28', '29', '1000', String(Number.MAX_SAFE_INTEGER)]) {
      const asked = query({ ordering, search, batch_number, batch_size: '7' });
      const { users, batch_info } = expectedBatch(cards, asked);
      const expected = users.map(({ is_following: _, ...card }) => card);
      expect(replica.find(asked)).toEqual({ total: batch_info.total_users, cards: expected });
    }
  });

  test.each(
    ['username', 'first_name', '-last_name', 'created_at', '-created_at'].flatMap((by) => [
      [by, ''],
      [by, 'many'],
      [by, 'u17'],
    ]),
  )('every page by %s of what matches "%s" leaves out whom it is told to', (ordering, search) => {
    const nobody = 10_000;
    const except = [1, 2, 3, 17, 100, 101, 100, 170, 199, 200, nobody];
    const others = cards.filter(({ id }) => !except.includes(id));
    for (const batch_number of ['0', '1', '13', '26', '27', '28']) {
      const asked = query({ ordering, search, batch_number, batch_size: '7' });
      const { users, batch_info } = expectedBatch(others, asked);
      const expected = users.map(({ is_following: _, ...card }) => card);
      expect(replica.find(asked, except)).toEqual({ total: batch_info.total_users, cards: expected });
    }
    const everybody = expectedBatch(cards, query({ search })).batch_info.total_users;
    expect(replica.find(query({ ordering, search })).total).toBe(everybody);
  });
});

describe('changes', () => {
  const stamp = Date.UTC(2026, 0, 1);

  test('that came before, or are older, change nothing', () => {
    const replica = replicaOf(storedUser(1, { first_name: 'New', updated_at: stamp }));
    replica.apply([storedUser(1, { first_name: 'Old', updated_at: stamp - 1 })]);
    replica.apply([storedUser(1, { first_name: 'New', updated_at: stamp })]);
    expect(replica.find(query({})).cards).toMatchObject([{ first_name: 'New' }]);
    expect(replica.total).toBe(1);
  });

  test('with a stamp that is known but other content are taken', () => {
    const replica = replicaOf(storedUser(1, { avatar: null, updated_at: stamp }));
    replica.apply([storedUser(1, { avatar: 'https://example.com/a', updated_at: stamp })]);
    expect(replica.find(query({})).cards).toMatchObject([{ avatar: 'https://example.com/a' }]);
  });

  test('are applied all or none', () => {
    const replica = replicaOf(storedUser(1));
    const damaged = { ...storedUser(3), first_name: null as unknown as string };
    expect(() => replica.apply([storedUser(2), damaged])).toThrow();
    expect(replica.find(query({})).total).toBe(1);
    expect(found(replica, { search: 'user2' })).toEqual([]);
  });
});

test('a replica never takes more memory than it may', () => {
  const limit = 1_000_000;
  const replica = new Replica(limit);
  const cards = Array.from({ length: 10_000 }, (_, n) => storedUser(n + 1, { bio: 'x'.repeat(400) }));
  expect(() => replica.add(cards)).toThrow(ReplicaFull);
  expect(replica.bytes).toBeLessThanOrEqual(limit);
});
