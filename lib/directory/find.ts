import type { Base, Found } from './base.ts';
import type { Overlay } from './overlay.ts';
import type { DirectoryQuery, Ordering } from './query.ts';
import { compareEntries, type Entry, type ListedCard, listed } from './rows.ts';

/** One batch of what matches, and how many match in all. */
export interface Batch {
  total: number;
  cards: ListedCard[];
}

/**
 * The batch that the query asks for, out of a base and what has changed since, without the users of these ids; with the
 * exact total of what matches.
 */
export async function findBatch(
  base: Base,
  overlay: Overlay,
  query: DirectoryQuery,
  except: readonly number[] = [],
): Promise<Batch> {
  const { batch_number, batch_size, ordering } = query;
  const changed = overlay.find(query, new Set(except));
  const found = await base.find(query, [...overlay.replaced, ...except]);
  const total = found.total + changed.length;
  const start = batch_number * batch_size;
  if (start >= total) return { total, cards: [] };

  const size = Math.min(batch_size, total - start);
  const low = ordering.descending ? total - start - size : start;
  const rows = await window(found, changed, { low, size, by: ordering.by });
  if (ordering.descending) rows.reverse();
  return { total, cards: rows.map(listed) };
}

interface Window {
  low: number;
  size: number;
  by: Ordering;
}

/** Those at these places of the order of both. */
async function window(found: Found, changed: readonly Entry[], { low, size, by }: Window): Promise<Entry[]> {
  if (changed.length === 0) return found.window(low, size);
  const before = await countBefore(found, changed, low, by);
  const rows = await found.window(low - before, size);
  const merged = [...rows, ...changed.slice(before, before + size)];
  return merged.sort((a, b) => compareEntries(a, b, by)).slice(0, size);
}

/** How many of the changed are among the first `count` of both. */
async function countBefore(
  found: Found,
  changed: readonly Entry[],
  count: number,
  by: Ordering,
): Promise<number> {
  let low = Math.max(0, count - found.total);
  let high = Math.min(count, changed.length);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    // With so many of the changed, the first that is not among them is this one.
    const [next] = await found.window(count - middle, 1);
    const last = changed[middle - 1] as Entry;
    if (!next || compareEntries(last, next, by) < 0) low = middle;
    else high = middle - 1;
  }
  return low;
}
