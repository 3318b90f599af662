import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import type { Card } from '../../../lib/table/cards.ts';
import { below, oneOf, seededRandom } from '../../../local/seed/random.ts';
import { expectedBatch } from '../../support/directoryModel.ts';
import { randomQuery, randomText, randomUsername } from '../../support/directoryQueries.ts';
import { directoryOf, type SmallDirectory } from '../../support/segments.ts';
import { storedUser } from '../../support/users.ts';

const query = (parameters: Record<string, string>) => v.parse(DirectoryQuery, parameters);

/** The answers must be the same whether somebody is in the file or has changed since, or there is no index. */
const places: [string, (cards: Card[]) => Promise<SmallDirectory>][] = [
  ['in the file', (cards) => directoryOf(cards)],
  [
    'among the changes',
    async (cards) => {
      const directory = await directoryOf([]);
      directory.overlay.apply(cards);
      return directory;
    },
  ],
  ['in a file without an index', (cards) => directoryOf(cards, { limit: 17_000 })],
];

describe.each(places)('a search %s', (_, directoryWith) => {
  test.each([
    ['ÉLODIE', 'élodie'],
    ['élodie', 'ÉLODIE'],
    ['οδοσ', 'ΟΔΟΣ'],
    ['ΟΔΟΣ', 'οδοσα'],
    ['ς', 'ΣΟΦΙΑ'],
    ['straße', 'STRAßE'],
    ['İ', 'xİx'],
    ['😀', 'a😀b'],
    ['a😀', 'a😀b'],
    ['a😀b', 'a😀b'],
    ['100%', 'at 100% now'],
    ['a_b', 'A_B'],
    ['"', 'say "hi"'],
    ["o'c", "O'Connor"],
    ['*', 'a*b'],
    ['NEAR', 'nearby'],
  ])('for %s finds %s', async (search, first_name) => {
    const { ids } = await directoryWith([storedUser(1, { first_name }), storedUser(2)]);
    expect(await ids({ search })).toEqual([1]);
    expect(await ids({ first_name: search })).toEqual([1]);
  });

  test.each([
    ['100%', '100 percent'],
    ['a_b', 'axb'],
    ['ss', 'ß'],
    ['e', 'é'],
    ['abcab', 'abc bca cab'],
    ['aaaa', 'aaa'],
  ])('for %s does not find %s', async (search, bio) => {
    const { ids } = await directoryWith([storedUser(1, { username: 'q', bio })]);
    expect(await ids({ search })).toEqual([]);
  });

  test('does not match across two fields', async () => {
    const { ids } = await directoryWith([
      storedUser(1, { username: 'x', first_name: 'anna', last_name: 'berg' }),
    ]);
    for (const search of ['annaberg', 'ab', 'nab', 'aberg']) expect(await ids({ search })).toEqual([]);
    for (const last_name of ['a', 'nn', 'anna']) expect(await ids({ last_name })).toEqual([]);
  });

  test('takes ten terms, and terms as long as a query may be', async () => {
    const long = 'abcdefghij'.repeat(20);
    const terms = 'a1b a2b a3b a4b a5b a6b a7b a8b a9b a0b';
    const { ids } = await directoryWith([storedUser(1, { bio: `${long}k` }), storedUser(2, { bio: terms })]);
    expect(await ids({ search: long, first_name: '' })).toEqual([1]);
    expect(await ids({ search: terms })).toEqual([2]);
  });
});

test('finds what changed, and no longer what it was, though it was searched for before', async () => {
  const { overlay, ids } = await directoryOf([storedUser(1, { bio: 'chess' }), storedUser(2)]);
  expect(await ids({ search: 'chess' })).toEqual([1]);
  overlay.apply([storedUser(1, { bio: 'sailing', updated_at: Date.UTC(2026, 1, 1) })]);
  expect(await ids({ search: 'chess' })).toEqual([]);
  expect(await ids({ search: 'sailing' })).toEqual([1]);
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
  const except = [3, 50, 51, 52, 149, 200, 1000];
  const shown = cards.filter(({ id }) => !except.includes(id));

  /** Of the same cards, every `each`th has changed since the file was made. */
  async function changedSince(each: number) {
    const isChanged = ({ id }: Card) => id % each === 0;
    const old = cards.filter(({ id }) => id % (2 * each) !== 0);
    const directory = await directoryOf(
      old.map((card) => (isChanged(card) ? { ...card, bio: 'many', first_name: 'Old' } : card)),
    );
    directory.overlay.apply(cards.filter(isChanged).map((card) => ({ ...card, updated_at: Date.now() })));
    return directory;
  }

  const orders = ['username', 'first_name', 'last_name', 'created_at'].flatMap((by) => [
    [by, ''],
    [`-${by}`, ''],
    [by, 'many'],
    [`-${by}`, 'many'],
    [by, 'user1 few'],
    [by, 'u17'],
    [`-${by}`, 'u17'],
  ]);

  describe.each([1, 2, 7, 1000])('where every %ith user has changed', async (each) => {
    const directory = await changedSince(each);
    test.each(orders)('every page by %s of what matches "%s"', async (ordering, search) => {
      for (const batch_number of ['0', '1', '7', '13', '28', '29', '1000', String(Number.MAX_SAFE_INTEGER)]) {
        const asked = query({ ordering, search, batch_number, batch_size: '7' });
        const expected = (all: Card[]) => {
          const { users, batch_info } = expectedBatch(all, asked);
          return { total: batch_info.total_users, cards: users.map(({ is_following: _, ...card }) => card) };
        };
        expect(await directory.find(asked)).toEqual(expected(cards));
        expect(await directory.find(asked, except)).toEqual(expected(shown));
      }
    });
  });
});

test('random queries find what the contract says, whatever letters are common', async () => {
  const random = seededRandom(7);
  // More letters than are counted as common, so that some pairs and triples are not indexed.
  const alphabet = [...Array.from({ length: 200 }, (_, n) => String.fromCodePoint(0x430 + n)), ...'ab😀𝒳'];
  const cards = Array.from({ length: 400 }, (_, n) =>
    storedUser(n + 1, {
      username: `${randomUsername(random)}${n}`,
      first_name: randomText(random, 6, alphabet),
      last_name: randomText(random, 6),
      bio: randomText(random, 40, alphabet),
    }),
  );
  const { find } = await directoryOf(cards);
  for (let n = 0; n < 400; n++) {
    const texts = Array.from({ length: 1 + below(random, 2) }, () => {
      const { bio } = oneOf(random, cards);
      const start = below(random, bio.length);
      return bio.slice(start, start + 1 + below(random, 5)).toWellFormed();
    });
    const asked = { ...randomQuery(random), ...(n % 2 && { search: texts.filter(Boolean) }) };
    const { users, batch_info } = expectedBatch(cards, asked);
    const expected = users.map(({ is_following: _, ...card }) => card);
    expect(await find(asked), JSON.stringify(asked)).toEqual({
      total: batch_info.total_users,
      cards: expected,
    });
  }
});

describe('changes', () => {
  const stamp = Date.UTC(2026, 0, 1);

  test('that came before, or are older, change nothing', async () => {
    const { overlay, find } = await directoryOf([storedUser(1, { first_name: 'New', updated_at: stamp })]);
    overlay.apply([storedUser(1, { first_name: 'Old', updated_at: stamp - 1 })]);
    overlay.apply([storedUser(1, { first_name: 'New', updated_at: stamp })]);
    expect((await find(query({}))).cards).toMatchObject([{ first_name: 'New' }]);
    expect([overlay.total, overlay.size]).toEqual([1, 0]);
  });

  test('with a stamp that is known but other content are taken', async () => {
    const { overlay, find } = await directoryOf([storedUser(1, { avatar: null, updated_at: stamp })]);
    overlay.apply([storedUser(1, { avatar: 'https://example.com/a', updated_at: stamp })]);
    expect((await find(query({}))).cards).toMatchObject([{ avatar: 'https://example.com/a' }]);
  });

  test('of somebody who is gone leave nothing to find, in whatever order they come', async () => {
    const { overlay, ids } = await directoryOf([
      storedUser(1, { updated_at: stamp }),
      storedUser(2, { updated_at: stamp }),
    ]);
    overlay.apply([
      storedUser(3, { updated_at: stamp }),
      { id: 1, updated_at: stamp + 5 },
      { id: 3, updated_at: stamp + 5 },
      { id: 4, updated_at: stamp + 5 },
      storedUser(1, { updated_at: stamp + 4 }),
      storedUser(3, { updated_at: stamp + 5 }),
      storedUser(4, { updated_at: stamp }),
    ]);
    expect(await ids({})).toEqual([2]);
    expect(await ids({ search: 'user' })).toEqual([2]);
    expect(overlay.total).toBe(1);
    overlay.apply([storedUser(1, { updated_at: stamp + 6 })]);
    expect(await ids({ ordering: 'username' })).toEqual([1, 2]);
    expect(overlay.total).toBe(2);
  });

  test('for which there is no room are left out, but not that somebody is gone', async () => {
    const { overlay, ids } = await directoryOf([storedUser(1), storedUser(2)], { room: 2000 });
    overlay.apply(Array.from({ length: 50 }, (_, n) => storedUser(n + 10, { bio: 'x'.repeat(100) })));
    overlay.apply([{ id: 1, updated_at: Date.now() }]);
    expect(overlay.isFull).toBe(true);
    expect(overlay.bytes).toBeLessThanOrEqual(2500);
    expect(await ids({ search: 'user2' })).toEqual([2]);
    expect(await ids({ search: 'user1' })).not.toContain(1);
  });
});

describe('a file that may not be larger', () => {
  const cards = Array.from({ length: 2000 }, (_, n) => storedUser(n + 1, { bio: `some words of ${n}` }));

  test('does without the index first, and finds the same', async () => {
    const whole = await directoryOf(cards);
    const tight = await directoryOf(cards, { limit: whole.built.bytes - 20_000 });
    expect(tight.built).toMatchObject({ cards: 2000, given_up: ['search_index'] });
    expect(tight.built.bytes).toBeLessThan(whole.built.bytes - 20_000);
    for (const search of ['wo', 'words of 77', 'r 1', 'nobody'])
      expect(await tight.find(query({ search }))).toEqual(await whole.find(query({ search })));
  });

  test('leaves out the cards that do not fit, and answers from the others', async () => {
    const { built, find, segment } = await directoryOf(cards, { limit: 100_000 });
    expect(built.given_up).toEqual(['search_index', 'cards']);
    expect(built.bytes).toBeLessThanOrEqual(100_000);
    const { total } = await find(query({ search: 'words' }));
    expect(total).toBe(segment.total);
    expect(total).toBeGreaterThan(400);
  });
});
