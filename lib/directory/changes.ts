import { type Change, isCard } from '../table/cards.ts';
import { type Row, rowOf } from './rows.ts';

/** How many rows are handed on together. */
const ROWS_AT_ONCE = 4096;

/** Whether a change counts beside another of the same user: the later one does, and who is gone stays gone. */
export const outdates = (change: Change, other: Change | Row): boolean =>
  change.updated_at > other.updated_at ||
  (change.updated_at === other.updated_at && (!isCard(change) || 'username' in other));

/** Notes changes, which may come in any order and more than once: the last of each user stays. */
export function note(latest: Map<number, Change>, changes: readonly Change[]): void {
  for (const change of changes) {
    const other = latest.get(change.id);
    if (!other || outdates(change, other)) latest.set(change.id, change);
  }
}

/**
 * The rows of a base, which come by ascending id, as the changes leave them: some changed, some gone, some new. By
 * ascending id again, a part at a time.
 */
export function* merge(
  base: Iterable<readonly Row[]>,
  changes: ReadonlyMap<number, Change>,
): Generator<readonly Row[]> {
  const changed = [...changes.values()].sort((a, b) => a.id - b.id);
  let next = 0;
  const newBelow = (id: number) => {
    const first = next;
    while (next < changed.length && (changed[next] as Change).id < id) next++;
    return changed.slice(first, next).filter(isCard).map(rowOf);
  };
  for (const rows of base) {
    yield rows.flatMap((row) => {
      const added = newBelow(row.id);
      const change = changed[next]?.id === row.id ? changed[next++] : undefined;
      if (!change || !outdates(change, row)) return [...added, row];
      return isCard(change) ? [...added, rowOf(change)] : added;
    });
  }
  while (next < changed.length) {
    yield newBelow(changed[next + ROWS_AT_ONCE]?.id ?? Number.POSITIVE_INFINITY);
  }
}
