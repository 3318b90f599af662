import { type Change, isCard } from '../../table/cards.ts';
import type { DirectoryQuery } from '../query.ts';
import { compareEntries, isWanted, type Row, rowOf, wantedBy } from '../rows.ts';

/** What somebody is now: a card, or nobody any more. */
interface Entry {
  updated_at: number;
  row?: Row;
}

/** What a query finds among the latest changes, and whose cards elsewhere no longer count. */
export interface Latest {
  rows: Row[];
  ids: number[];
  /** The time (ms) since which all changes are known. */
  since: number;
}

/** All changes since a time, of each user the last. They may come in any order and any number of times. */
export class Overlay {
  readonly #entries = new Map<number, Entry>();
  #since: number;

  /** `since`: the time (ms) from which on all changes will be taken in. */
  constructor(since: number) {
    this.#since = since;
  }

  /** How many users have changed. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes in changes. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      const { id, updated_at } = change;
      const known = this.#entries.get(id);
      if (known && known.updated_at > updated_at) continue;
      this.#entries.set(id, isCard(change) ? { updated_at, row: rowOf(change) } : { updated_at });
    }
  }

  /** Lets go of what changed before `time` (ms). */
  forget(time: number): void {
    if (time <= this.#since) return;
    this.#since = time;
    for (const [id, { updated_at }] of this.#entries) if (updated_at < time) this.#entries.delete(id);
  }

  /** The changed cards that a query finds, in its order, without those of `except`. */
  find(query: DirectoryQuery, except: ReadonlySet<number>): Latest {
    const wanted = wantedBy(query);
    const rows: Row[] = [];
    for (const [id, { row }] of this.#entries) {
      if (row && !except.has(id) && (!wanted || isWanted(row, wanted))) rows.push(row);
    }
    return { rows: inOrder(rows, query), ids: [...this.#entries.keys()], since: this.#since };
  }
}

/** Sorts rows as a query wants them. */
export function inOrder(rows: Row[], { ordering: { by, descending } }: DirectoryQuery): Row[] {
  const direction = descending ? -1 : 1;
  return rows.sort((a, b) => direction * compareEntries(a, b, by));
}
