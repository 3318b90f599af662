import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Card } from '../table/directory.ts';
import { type DirectoryQuery, fold, type Ordering } from './search.ts';

/** A card as a list shows it. */
export type ListedCard = Pick<Card, 'id' | 'username' | 'first_name' | 'last_name' | 'avatar'>;

/** One batch of what matches, and how many match in all. */
export interface Batch {
  total: number;
  cards: ListedCard[];
}

const SCHEMA = `
  CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL, avatar TEXT,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    username_key TEXT NOT NULL, first_name_key TEXT NOT NULL, last_name_key TEXT NOT NULL
  ) STRICT;
  CREATE INDEX by_username ON cards (username_key, id);
  CREATE INDEX by_first_name ON cards (first_name_key, id);
  CREATE INDEX by_last_name ON cards (last_name_key, id);
  CREATE INDEX by_created_at ON cards (created_at, id);
  CREATE VIRTUAL TABLE texts USING fts5 (
    username, first_name, last_name, bio, tokenize = 'trigram case_sensitive 1'
  );
`;

const ORDER_COLUMNS = {
  username: 'username_key',
  first_name: 'first_name_key',
  last_name: 'last_name_key',
  created_at: 'created_at',
} as const satisfies Record<Ordering, string>;

const TEXT_COLUMNS = ['username', 'first_name', 'last_name', 'bio'] as const;

/** A trigram index finds nothing shorter than this, in code points. */
const SHORTEST_INDEXED = 3;

/**
 * A copy of all cards in memory that can be searched, ordered and counted. Cards may come in any order and any
 * number of times: the one that changed last stays.
 */
export class Replica {
  readonly #database = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  #total = 0;

  constructor() {
    this.#database.exec(SCHEMA);
  }

  /** How many cards there are. */
  get total(): number {
    return this.#total;
  }

  /** Takes in all of these cards, or on an error none. */
  apply(cards: readonly Card[]): void {
    if (cards.length === 0) return;
    const total = this.#total;
    this.#database.exec('BEGIN');
    try {
      for (const card of cards) this.#applyOne(card);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      this.#total = total;
      throw error;
    }
  }

  #applyOne(card: Card): void {
    const known = this.#prepare('SELECT updated_at FROM cards WHERE id = ?').get(card.id);
    if (known && Number(known.updated_at) >= card.updated_at) return;
    if (known) this.#prepare('DELETE FROM texts WHERE rowid = ?').run(card.id);
    else this.#total++;
    const { id, username, first_name, last_name, bio, avatar, created_at, updated_at } = card;
    const keys = [username, first_name, last_name].map((text) => text.toLowerCase());
    this.#prepare('INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[id, username, first_name, last_name, avatar, created_at, updated_at, ...keys],
    );
    this.#prepare(
      'INSERT INTO texts (rowid, username, first_name, last_name, bio) VALUES (?, ?, ?, ?, ?)',
    ).run(...[id, ...[username, first_name, last_name, bio].map(fold)]);
  }

  /** Whether the replica holds this name under this id. */
  has({ id, username }: { id: number; username: string }): boolean {
    return this.#prepare('SELECT 1 FROM cards WHERE id = ? AND username = ?').get(id, username) !== undefined;
  }

  /** The batch that the query asks for, and the exact total of what matches. */
  find(query: DirectoryQuery): Batch {
    const { sql, values } = condition(query);
    const from = `FROM cards ${sql}`;
    const total = sql
      ? Number(this.#prepare(`SELECT count(*) AS total ${from}`).get(...values)?.total)
      : this.#total;
    const { batch_number, batch_size, ordering } = query;
    if (batch_number >= Math.ceil(total / batch_size)) return { total, cards: [] };

    const direction = ordering.descending ? 'DESC' : 'ASC';
    const order = `ORDER BY ${ORDER_COLUMNS[ordering.by]} ${direction}, id ${direction}`;
    const columns = 'id, username, first_name, last_name, avatar';
    const statement = this.#prepare(`SELECT ${columns} ${from} ${order} LIMIT ? OFFSET ?`);
    const cards = statement.all(...values, batch_size, batch_number * batch_size);
    return { total, cards: cards as unknown as ListedCard[] };
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

interface Condition {
  sql: string;
  values: SQLInputValue[];
}

/** All conditions of a query must hold; long terms use the trigram index, short ones look at every card. */
function condition({ search, first_name, last_name }: DirectoryQuery): Condition {
  const contained: { columns: readonly string[]; text: string }[] = [
    ...search.map((term) => ({ columns: TEXT_COLUMNS, text: fold(term) })),
    ...(first_name === undefined ? [] : [{ columns: ['first_name'], text: fold(first_name) }]),
    ...(last_name === undefined ? [] : [{ columns: ['last_name'], text: fold(last_name) }]),
  ];
  if (contained.length === 0) return { sql: '', values: [] };

  const indexed = contained.filter(({ text }) => [...text].length >= SHORTEST_INDEXED);
  const scanned = contained.filter(({ text }) => [...text].length < SHORTEST_INDEXED);
  const match = indexed.map(
    ({ columns, text }) => `{${columns.join(' ')}} : "${text.replaceAll('"', '""')}"`,
  );
  const tests = [
    ...(match.length > 0 ? ['texts MATCH ?'] : []),
    ...scanned.map(({ columns }) => `(${columns.map((column) => `instr(${column}, ?) > 0`).join(' OR ')})`),
  ];
  return {
    sql: `WHERE id IN (SELECT rowid FROM texts WHERE ${tests.join(' AND ')})`,
    values: [
      ...(match.length > 0 ? [match.join(' AND ')] : []),
      ...scanned.flatMap(({ columns, text }) => columns.map(() => text)),
    ],
  };
}
