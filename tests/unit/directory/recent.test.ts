import { expect, test } from 'vitest';
import { RecentLists } from '../../../lib/directory/replica/recent.ts';

/** What a list of ten ids takes under a key of one letter, with what every entry takes. */
const ENTRY = 2 + 100 + 80;

function counted(lists: RecentLists) {
  const finds: string[] = [];
  const get = (key: string, length = 10) =>
    lists.get(key, () => {
      finds.push(key);
      return new Float64Array(length);
    });
  return { finds, get };
}

test('what was asked before is not found again', () => {
  const { finds, get } = counted(new RecentLists());
  expect(get('a')).toBe(get('a'));
  expect(finds).toEqual(['a']);
});

test('the least lately asked goes when there is no room', () => {
  const { finds, get } = counted(new RecentLists(2 * ENTRY));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);
  expect(finds).toEqual(['a', 'b', 'c', 'b']);
});

test('a list that takes more than there is room for is kept alone', () => {
  const { finds, get } = counted(new RecentLists(2 * ENTRY));
  get('a');
  get('huge', 100);
  get('huge', 100);
  get('a');
  expect(finds).toEqual(['a', 'huge', 'a']);
});

test('M2: searches that find nothing take the room of their keys', () => {
  const lists = new RecentLists(100_000);
  for (let n = 0; n < 10_000; n++)
    lists.get(`nobody is called ${n}`.padEnd(200, '?'), () => new Float64Array(0));
  expect(lists.bytes).toBeLessThanOrEqual(100_000);
  expect(lists.size).toBe(200);
});

test('nothing is remembered after a change', () => {
  const lists = new RecentLists(2 * ENTRY);
  const { finds, get } = counted(lists);
  get('a');
  lists.clear();
  get('a');
  get('b');
  get('a');
  expect(finds).toEqual(['a', 'a', 'b']);
});
