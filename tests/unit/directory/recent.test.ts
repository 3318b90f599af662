import { expect, test } from 'vitest';
import { RecentLists } from '../../../lib/directory/replica/recent.ts';

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

test('the least recently asked goes when there is no room', () => {
  const { finds, get } = counted(new RecentLists(25));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);
  expect(finds).toEqual(['a', 'b', 'c', 'b']);
});

test('a list with more entries than there is room for is kept alone', () => {
  const { finds, get } = counted(new RecentLists(25));
  get('a');
  get('huge', 100);
  get('huge', 100);
  get('a');
  expect(finds).toEqual(['a', 'huge', 'a']);
});

test('nothing is remembered after a change', () => {
  const lists = new RecentLists(25);
  const { finds, get } = counted(lists);
  get('a');
  lists.clear();
  get('a');
  get('b');
  get('a');
  expect(finds).toEqual(['a', 'a', 'b']);
});
