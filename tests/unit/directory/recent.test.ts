import { expect, test } from 'vitest';
import { RecentSets } from '../../../lib/directory/segment/recent.ts';

/** What a set of ten words takes under a key of one letter, with what every entry takes. */
const ENTRY = 2 + 100 + 40;

function counted(lists: RecentSets) {
  const finds: string[] = [];
  const get = (key: string, length = 10) =>
    lists.get(key, () => {
      finds.push(key);
      return new Uint32Array(length);
    });
  return { finds, get };
}

test('what was asked before is not found again', () => {
  const { finds, get } = counted(new RecentSets());
  expect(get('a')).toBe(get('a'));
  expect(finds).toEqual(['a']);
});

test('the least lately asked goes when there is no room', () => {
  const { finds, get } = counted(new RecentSets(2 * ENTRY));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);
  expect(finds).toEqual(['a', 'b', 'c', 'b']);
});

test('a set that takes more than there is room for is kept alone', () => {
  const { finds, get } = counted(new RecentSets(2 * ENTRY));
  get('a');
  get('huge', 100);
  get('huge', 100);
  get('a');
  expect(finds).toEqual(['a', 'huge', 'a']);
});

test('M2: searches that find nothing take the room of their keys', () => {
  const lists = new RecentSets(100_000);
  for (let n = 0; n < 10_000; n++)
    lists.get(`nobody is called ${n}`.padEnd(200, '?'), () => new Uint32Array(0));
  expect(lists.bytes).toBeLessThanOrEqual(100_000);
  expect(lists.size).toBe(200);
});
