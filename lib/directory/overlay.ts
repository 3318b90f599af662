import { type Change, isCard, type Removed } from '../table/cards.ts';
import type { Base } from './base.ts';
import { outdates } from './changes.ts';
import type { DirectoryQuery } from './query.ts';
import { compareEntries, isWanted, type Row, rowOf, wantedBy } from './rows.ts';

/** What an entry takes in memory besides its texts, in bytes, generously. */
const ENTRY = 400;

/**
 * What has changed since a base was made: new cards, changed ones, and who is gone. Changes may come in any order and
 * any number of times: the one with the latest stamp stays, the base's own included, so that nobody who is gone comes
 * back from what is older.
 */
export class Overlay {
  readonly #base: Base;
  readonly #limit: number;
  readonly #entries = new Map<number, Row | Removed>();
  /** Whose card in the base no longer counts. */
  readonly #replaced: number[] = [];
  #bytes = 0;
  #added = 0;
  #is_full = false;

  /** `limit`: how many bytes it may take. */
  constructor(base: Base, limit = Number.POSITIVE_INFINITY) {
    this.#base = base;
    this.#limit = limit;
  }

  /** How many users there are changes of. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many cards there are with those of the base. */
  get total(): number {
    return this.#base.total + this.#added;
  }

  /** What it takes, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Some changes were left out, for lack of room. */
  get isFull(): boolean {
    return this.#is_full;
  }

  /** The ids of the cards in the base that count no longer. */
  get replaced(): readonly number[] {
    return this.#replaced;
  }

  /** Takes in changes. Those for which there is no room are left out, unless somebody is gone. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#take(change);
  }

  /** The cards that a query finds here, in ascending order, without those of these ids. */
  find(query: DirectoryQuery, except: ReadonlySet<number>): Row[] {
    const wanted = wantedBy(query);
    const found: Row[] = [];
    for (const entry of this.#entries.values()) {
      if (isRow(entry) && !except.has(entry.id) && (!wanted || isWanted(entry, wanted))) found.push(entry);
    }
    return found.sort((a, b) => compareEntries(a, b, query.ordering.by));
  }

  #take(change: Change): void {
    const { id, updated_at } = change;
    const noted = this.#entries.get(id);
    const old = noted ?? this.#base.row(id);
    if (old && !outdates(change, old)) return;
    const entry = isCard(change) ? rowOf(change) : { id, updated_at };
    if (old && isRow(old) && isRow(entry) && isSame(old, entry)) return;

    const bytes = sizeOf(entry) - (noted ? sizeOf(noted) : 0);
    if (isRow(entry) && this.#bytes + bytes > this.#limit) {
      this.#is_full = true;
      return;
    }
    this.#bytes += bytes;
    this.#added += Number(isRow(entry)) - Number(old !== undefined && isRow(old));
    if (old && !noted) this.#replaced.push(id);
    this.#entries.set(id, entry);
  }
}

const isRow = (entry: Row | Removed): entry is Row => 'text' in entry;

const sizeOf = (entry: Row | Removed) =>
  ENTRY + (isRow(entry) ? 2 * (entry.text.length * 2 + (entry.avatar?.length ?? 0)) : 0);

const isSame = (one: Row, other: Row) =>
  Object.entries(one).every(([name, value]) => other[name as keyof Row] === value);
