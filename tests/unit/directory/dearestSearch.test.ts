import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DirectoryQuery } from '../../../lib/directory/query.ts';
import { Replica } from '../../../lib/directory/replica/replica.ts';
import type { Card } from '../../../lib/table/cards.ts';
import { person } from '../../../local/seed/people.ts';
import { seededRandom } from '../../../local/seed/random.ts';
import { heavyText, maximalProfile } from '../../support/directoryCrowd.ts';
import { storedUser, uniqueName } from '../../support/users.ts';

const ORDINARY = 8000;
const MAXIMAL = 500;

const random = seededRandom(1);
const maximal = maximalProfile(random);
const cards: Card[] = [
  ...Array.from({ length: ORDINARY }, (_, n) => storedUser(n + 1, person(n + 1))),
  ...Array.from({ length: MAXIMAL }, (_, n) =>
    storedUser(ORDINARY + n + 1, { username: `crowd${n}`.padEnd(150, 'x'), ...maximalProfile(random) }),
  ),
  storedUser(ORDINARY + MAXIMAL + 1, { username: 'last', ...maximal }),
];

const replica = new Replica();
replica.add(cards);
replica.buildIndexes();

/** A change before every search: on a service that is used nothing is ever remembered. */
function forget(): void {
  const stamp = Date.now() + Math.floor(performance.now() * 1000);
  replica.apply([storedUser(1, { ...person(1), avatar: uniqueName(), updated_at: stamp })]);
}

/** The least of several, in milliseconds: what else the machine does only adds. */
function timeOf(parameters: Record<string, string>): number {
  const times = Array.from({ length: 7 }, () => {
    forget();
    const start = performance.now();
    replica.find(v.parse(DirectoryQuery, parameters));
    return performance.now() - start;
  });
  return Math.min(...times);
}

const LETTERS = 'e a i o n r s t l d';
const PAIRS = 'er an ma lo in on re or ti en';
const long = [...maximal.bio].slice(0, 200).join('');

const searches: Record<string, Record<string, string>> = {
  'one letter that nearly all have': { search: 'e' },
  'two letters that most have': { search: 'er' },
  'ten letters that most have': { search: LETTERS },
  'ten pairs': { search: PAIRS },
  'ten pairs, the last of which nobody has': { search: PAIRS.replace('en', 'qq') },
  'ten letters and both filters': { search: LETTERS, first_name: 'a', last_name: 'e' },
  'ten words of many bios': { search: 'dev eve vel elo lop ope per ing tio the' },
  '198 trigrams of one card': { search: long },
  '198 trigrams that nobody has': { search: heavyText(random, 200) },
  '198 trigrams three times': {
    search: long,
    first_name: heavyText(random, 200),
    last_name: heavyText(random, 200),
  },
  'one letter two hundred times': { search: 'x'.repeat(200), first_name: 'x'.repeat(200) },
  'the letters of long names': { search: 'x'.repeat(140) },
  'accents in descending class': { search: `a${'\u0345\u0301\u0323'.repeat(66)}` },
  'final sigmas': { search: 'ς'.repeat(200), first_name: 'σ'.repeat(200), last_name: 'ς'.repeat(200) },
  'ten rare letters': { search: [...maximal.bio].slice(0, 10).join(' ') },
  'patterns and quotes': { search: '%%% ___ "*" NEAR( AND OR NOT \' -- {a}' },
};

const ORDERS = ['created_at', '-last_name', 'first_name', 'username'];

/** Nothing is cheaper that looks at every text. */
const scan = timeOf({ search: 'qq' });

describe.each(ORDERS)('the dearest search, by %s', (ordering) => {
  test.each(Object.entries(searches))('%s takes no more than a few looks at every text', (_, parameters) => {
    expect(timeOf({ ...parameters, ordering }) / scan).toBeLessThan(12);
  });
});

test.each(['0', '50', '10000000'])('batch %s of all costs less than a look at every text', (batch_number) => {
  for (const ordering of ORDERS) {
    expect(timeOf({ batch_number, batch_size: '100', ordering }) / scan).toBeLessThan(1);
  }
});

test('an index for searches that would take too long to build is done without', () => {
  const hasty = new Replica();
  hasty.add(cards);
  hasty.buildIndexes(0);
  expect(hasty.given_up).toEqual(['search_index']);
  for (const parameters of Object.values(searches)) {
    const query = v.parse(DirectoryQuery, parameters);
    expect(hasty.find(query).total).toBe(replica.find(query).total);
  }
});

test('a maximal card takes less than 24 kB with all indexes, an ordinary one less than 600 bytes', () => {
  const bytesOf = (some: Card[]) => {
    const counted = new Replica();
    counted.add(some);
    counted.buildIndexes();
    return counted.bytes / some.length;
  };
  expect(bytesOf(cards.slice(0, ORDINARY))).toBeLessThan(600);
  // Few cards share fewer trigrams than many, and an avatar of that length is not kept.
  expect(bytesOf(cards.slice(ORDINARY).map((card) => ({ ...card, avatar: '' })))).toBeLessThan(24_000);
});
