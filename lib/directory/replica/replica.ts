import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type FeedEntry, isRemoval } from '../../table/cards.ts';
import type { DirectoryQuery, Ordering } from '../query.ts';
import { condition } from './conditions.ts';
import { CAPACITY, RecentLists } from './recent.ts';
import {
  DATA,
  DROP_TEXTS,
  FILL_TEXTS,
  KEEP_TEXTS,
  type ListedCard,
  NOTE_REMOVAL,
  ORDERS,
  orderColumn,
  PAGE_SIZE,
  REMOVE,
  rowOf,
  SHOW,
  TEXTS,
  UPSERT,
} from './schema.ts';

/** One batch of what matches, and how many match in all. */
export interface Batch {
  total: number;
  cards: ListedCard[];
}

/** The cards need more memory than they may have, unless something is given up. */
export class ReplicaFull extends Error {
  override readonly name = 'ReplicaFull';

  constructor() {
    super('The cards take all the memory that they may have.');
  }
}

/** What a replica does without to make room, one after the other; of the cards, those that do not fit. */
const COMFORTS = ['search_index', 'recent_lists', 'cards'] as const;

/**
 * How long building the index for searches may take, in milliseconds: that over a million ordinary cards takes half of
 * it. It is looked at after so many ids.
 */
const LONGEST_BUILD = 10_000;
const CARDS_A_FILL = 1000;

/** What SQLite throws when a database has all the pages that it may have. */
const SQLITE_FULL = 13;

/** From this part of all cards on, walking the whole order is cheaper than sorting the matches. */
const BROAD = 1 / 20;

const ALL = 'SELECT id FROM cards';
const ALL_BUT = `${ALL} WHERE id NOT IN (SELECT value FROM json_each(?))`;
const PRESENT = 'SELECT count(*) AS present FROM cards WHERE id IN (SELECT value FROM json_each(?))';

/** A stretch of an order. */
interface Window {
  low: number;
  size: number;
  total: number;
  except: readonly number[];
}

interface ReplicaOptions {
  /** It begins without what it could give up later, and takes in what fits. */
  is_bare?: boolean;
}

/**
 * A copy of all cards in memory that can be searched, ordered and counted. Cards may come in any order and any
 * number of times, and so may removals: what changed last stays. Loading takes {@link add} any number of times and then
 * {@link buildIndexes} once; after that, {@link apply} keeps it up to date. A replica on which one of them threw is to be
 * discarded.
 */
export class Replica {
  readonly #database = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  readonly #limit: number;
  readonly #is_bare: boolean;
  #recent = new RecentLists();
  #given_up = 0;
  #is_loaded = false;
  #total = 0;

  /** `limit`: how many bytes the cards and their indexes may take. */
  constructor(limit = Number.MAX_SAFE_INTEGER, { is_bare = false }: ReplicaOptions = {}) {
    this.#limit = limit;
    this.#is_bare = is_bare;
    this.#database.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA temp_store = memory`);
    this.#setLimit(limit);
    this.#guarded(() => this.#database.exec(DATA));
    if (!is_bare) return;
    this.#guarded(() => this.#database.exec(ORDERS));
    this.#giveUpLists();
    this.#given_up = 2;
    this.#is_loaded = true;
  }

  /** Whether it was not closed yet. */
  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** What it does without, for lack of room. */
  get given_up(): readonly string[] {
    return COMFORTS.slice(0, this.#given_up);
  }

  /** How many cards there are. */
  get total(): number {
    return this.#total;
  }

  /** What the cards and their indexes take, in bytes. */
  get bytes(): number {
    return Number(this.#prepare('PRAGMA page_count').get()?.page_count) * PAGE_SIZE;
  }

  /** Takes in cards while loading. Throws {@link ReplicaFull} unless it is bare. */
  add(cards: readonly FeedEntry[]): void {
    this.#take(cards);
  }

  /**
   * Builds the indexes over all that was added, which costs a fraction of adding card by card; does without the one
   * for searches where that takes longer than `most` milliseconds. Throws {@link ReplicaFull} unless it is bare.
   */
  buildIndexes(most = LONGEST_BUILD): void {
    if (!this.#is_bare) {
      this.#guarded(() => this.#database.exec(ORDERS));
      if (!this.#guarded(() => this.#fillTexts(most))) this.#giveUp();
    }
    this.#is_loaded = true;
    this.#count();
  }

  /**
   * Takes in changes: all of these cards, or on an error none. Where there is no room for them, gives up what it can do
   * without, and in the end leaves out those that do not fit.
   */
  apply(cards: readonly FeedEntry[]): void {
    if (this.#take(cards) === 0) return;
    this.#recent.clear();
    this.#count();
  }

  /** The batch that the query asks for, and the exact total of what matches, as if there were no cards of `except`. */
  find(query: DirectoryQuery, except: readonly number[] = []): Batch {
    const { batch_number, batch_size, ordering } = query;
    const matches = without(this.#matches(query), except);
    const total = matches?.length ?? this.#total - this.#present(except);
    const start = batch_number * batch_size;
    if (start >= total) return { total, cards: [] };

    const size = Math.min(batch_size, total - start);
    const low = ordering.descending ? total - start - size : start;
    const ids = matches
      ? [...matches.subarray(low, low + size)]
      : this.#window(ordering.by, { low, size, total, except });
    if (ordering.descending) ids.reverse();
    const card = this.#prepare(SHOW);
    return { total, cards: ids.map((id) => card.get(id) as unknown as ListedCard) };
  }

  /** Frees the memory. */
  close(): void {
    this.#recent.clear();
    this.#database.close();
  }

  /** The ids of what matches, in ascending order; `undefined` when everything does. */
  #matches(query: DirectoryQuery): Float64Array | undefined {
    const wanted = condition(query, this.#given_up === 0);
    if (!wanted) return undefined;
    const { search, first_name, last_name, ordering } = query;
    const { by } = ordering;
    return this.#recent.get(JSON.stringify([by, search, first_name, last_name]), () =>
      this.#inOrder(this.#ids(wanted.sql, wanted.values), by),
    );
  }

  #inOrder(ids: readonly number[], by: Ordering): Float64Array {
    if (ids.length < this.#total * BROAD) {
      const some = 'SELECT id FROM cards WHERE id IN (SELECT value FROM json_each(?))';
      return Float64Array.from(this.#ids(`${some} ${ascending(by)}`, [JSON.stringify(ids)]));
    }
    const order = this.#recent.get(by, () =>
      Float64Array.from(this.#ids(`SELECT id FROM cards ${ascending(by)}`, [])),
    );
    // One byte an id: they come from a sequence, so there are hardly more of them than cards.
    const matching = new Uint8Array(ids.reduce((largest, id) => Math.max(largest, id), 0) + 1);
    for (const id of ids) matching[id] = 1;
    return order.filter((id) => matching[id] === 1);
  }

  /**
   * The ids at these positions of the ascending order of all cards but some, `total` in all, counted from whichever end
   * is nearer.
   */
  #window(by: Ordering, { low, size, total, except }: Window): number[] {
    const [all, values] = except.length === 0 ? [ALL, []] : [ALL_BUT, [JSON.stringify(except)]];
    const range = 'LIMIT ? OFFSET ?';
    if (low <= total / 2) return this.#ids(`${all} ${ascending(by)} ${range}`, [...values, size, low]);
    const high = total - low - size;
    return this.#ids(`${all} ${descending(by)} ${range}`, [...values, size, high]).reverse();
  }

  /** How many of the ids have a card. */
  #present(ids: readonly number[]): number {
    if (ids.length === 0) return 0;
    return Number(this.#prepare(PRESENT).get(JSON.stringify(ids))?.present);
  }

  /** As one JSON text, many ids leave SQLite faster than as rows. */
  #ids(sql: string, values: readonly (string | number)[]): number[] {
    const row = this.#prepare(`SELECT json_group_array(id) AS ids FROM (${sql})`).get(...values);
    return JSON.parse(String(row?.ids));
  }

  /** How many cards were new or different, of those that there was room for. */
  #take(cards: readonly FeedEntry[]): number {
    for (;;) {
      try {
        return this.#write(cards);
      } catch (error) {
        if (!(error instanceof ReplicaFull) || !this.#is_loaded) throw error;
        if (!this.#giveUp()) return this.#writeFitting(cards);
      }
    }
  }

  /** Makes room; `false` when nothing is left that cards can do without. */
  #giveUp(): boolean {
    if (this.#given_up < 2) this.#given_up++;
    else {
      this.#given_up = 3;
      return false;
    }
    if (this.#given_up === 1) {
      this.#statements.clear();
      this.#database.exec(DROP_TEXTS);
    } else this.#giveUpLists();
    return true;
  }

  /** `false` when the time was over before all were entered. */
  #fillTexts(most: number): boolean {
    const start = performance.now();
    this.#database.exec(TEXTS);
    const fill = this.#prepare(FILL_TEXTS);
    const last = Number(this.#prepare('SELECT max(id) AS last FROM cards').get()?.last ?? 0);
    this.#database.exec('BEGIN');
    for (let id = 0; id <= last; id += CARDS_A_FILL) {
      if (performance.now() - start > most) {
        this.#database.exec('ROLLBACK');
        return false;
      }
      fill.run(id, id + CARDS_A_FILL - 1);
    }
    this.#database.exec(`COMMIT; ${KEEP_TEXTS}`);
    return true;
  }

  #giveUpLists(): void {
    this.#recent = new RecentLists(0);
    this.#setLimit(this.#limit + CAPACITY);
  }

  #setLimit(bytes: number): void {
    const pages = Math.min(Math.floor(bytes / PAGE_SIZE), 0xfffffffe);
    this.#database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  #writeFitting(cards: readonly FeedEntry[]): number {
    let written = 0;
    for (const card of cards) {
      try {
        written += this.#guarded(() => this.#put(card));
      } catch (error) {
        if (!(error instanceof ReplicaFull)) throw error;
      }
    }
    return written;
  }

  /** How many cards were new or different: all of them are taken in, or on an error none. */
  #write(cards: readonly FeedEntry[]): number {
    if (cards.length === 0) return 0;
    return this.#guarded(() => {
      let written = 0;
      this.#database.exec('BEGIN');
      try {
        for (const card of cards) written += this.#put(card);
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
      return written;
    });
  }

  /** How many cards it has changed. A removal is remembered, for the card may still come: from an older snapshot, say. */
  #put(entry: FeedEntry): number {
    if (!isRemoval(entry)) return Number(this.#prepare(UPSERT).run(rowOf(entry)).changes);
    const { id, updated_at } = entry;
    this.#prepare(NOTE_REMOVAL).run(id, updated_at);
    return Number(this.#prepare(REMOVE).run(id, updated_at).changes);
  }

  #count(): void {
    this.#total = Number(this.#prepare('SELECT count(*) AS total FROM cards').get()?.total);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      const full = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL;
      throw full ? new ReplicaFull() : error;
    }
  }
}

/** What matches but for some, in a list of its own: the one that was found may be kept for others. */
function without(matches: Float64Array | undefined, except: readonly number[]): Float64Array | undefined {
  if (!matches || except.length === 0) return matches;
  const left_out = new Set(except);
  return matches.filter((id) => !left_out.has(id));
}

const ascending = (by: Ordering) => `ORDER BY ${orderColumn(by)}, id`;
const descending = (by: Ordering) => `ORDER BY ${orderColumn(by)} DESC, id DESC`;
