import type { Card } from '../../table/cards.ts';
import { fold, ORDERINGS, type Ordering } from '../query.ts';

/** Larger pages make a scan of all texts a little faster, and the longest card fits into one. */
export const PAGE_SIZE = 16_384;

/** The fields that a search looks at. */
const SEARCHED = ['username', 'first_name', 'last_name', 'bio'] as const satisfies (keyof Card)[];

/** The fields that a list shows. */
const SHOWN = ['id', 'username', 'first_name', 'last_name', 'avatar'] as const satisfies (keyof Card)[];

/** A card as a list shows it. */
export type ListedCard = Pick<Card, (typeof SHOWN)[number]>;

/** Stands between the texts of a card where they are kept as one; no text and no term has it. */
const SEPARATOR = '\u001f';

/** The column that an ordering sorts by: text in lower case, which SQLite compares by code points. */
export const orderColumn = (by: Ordering) => (by === 'created_at' ? by : (`${by}_key` as const));

/**
 * A row of the replica, by its columns: what is shown, `text` with all that a search looks at, folded, in one place
 * (one comparison a card), and what the orderings sort by.
 */
export const rowOf = (card: Card) => ({
  ...pick(card, SHOWN),
  text: SEARCHED.map((name) => fold(card[name])).join(SEPARATOR),
  username_key: card.username.toLowerCase(),
  first_name_key: card.first_name.toLowerCase(),
  last_name_key: card.last_name.toLowerCase(),
  ...pick(card, ['created_at', 'updated_at']),
});

type Column = keyof ReturnType<typeof rowOf>;

const TYPES: Record<Column, string> = {
  id: 'INTEGER PRIMARY KEY',
  username: 'TEXT NOT NULL',
  first_name: 'TEXT NOT NULL',
  last_name: 'TEXT NOT NULL',
  avatar: 'TEXT',
  text: 'TEXT NOT NULL',
  username_key: 'TEXT NOT NULL',
  first_name_key: 'TEXT NOT NULL',
  last_name_key: 'TEXT NOT NULL',
  created_at: 'INTEGER NOT NULL',
  updated_at: 'INTEGER NOT NULL',
};

const COLUMNS = Object.keys(TYPES) as Column[];

const list = (columns: readonly string[], write = (column: string) => column) =>
  columns.map(write).join(', ');

export const DATA = `
  CREATE TABLE cards (${list(COLUMNS, (column) => `${column} ${TYPES[column as Column]}`)}) STRICT;
  CREATE TABLE removals (id INTEGER PRIMARY KEY, updated_at INTEGER NOT NULL) STRICT;
`;

/** An index for each ordering. */
export const ORDERS = ORDERINGS.map((by) => `CREATE INDEX by_${by} ON cards (${orderColumn(by)}, id);`).join(
  '\n',
);

/**
 * An index over the trigrams of the texts, which says only which card has a trigram, not where: half the memory and
 * half the time to build. It is filled part by part, then triggers keep it in step with the cards.
 */
export const TEXTS = `
  CREATE VIRTUAL TABLE texts USING fts5 (
    text, content = 'cards', content_rowid = 'id', detail = none, columnsize = 0,
    tokenize = 'trigram case_sensitive 1'
  );
  INSERT INTO texts (texts, rank) VALUES ('hashsize', 16777216);
`;

/** Enters the cards with ids from one to another. */
export const FILL_TEXTS =
  'INSERT INTO texts (rowid, text) SELECT id, text FROM cards WHERE id BETWEEN ? AND ?';

export const KEEP_TEXTS = `
  CREATE TRIGGER card_added AFTER INSERT ON cards BEGIN
    INSERT INTO texts (rowid, text) VALUES (new.id, new.text);
  END;
  CREATE TRIGGER card_removed AFTER DELETE ON cards BEGIN
    INSERT INTO texts (texts, rowid, text) VALUES ('delete', old.id, old.text);
  END;
  CREATE TRIGGER text_changed AFTER UPDATE OF text ON cards WHEN old.text <> new.text BEGIN
    INSERT INTO texts (texts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO texts (rowid, text) VALUES (new.id, new.text);
  END;
`;

export const DROP_TEXTS =
  'DROP TRIGGER IF EXISTS card_added; DROP TRIGGER IF EXISTS card_removed; DROP TRIGGER IF EXISTS text_changed; DROP TABLE texts;';

const CHANGING = COLUMNS.filter((column) => column !== 'id');
const CONTENT = CHANGING.filter((column) => column !== 'updated_at');

/**
 * Writes a row, whose columns are bound by name, unless the replica has it as it is or as it was changed later, or it was
 * removed since. Of two with one stamp and different contents the one that is read last stays.
 */
export const UPSERT = `
  INSERT INTO cards (${list(COLUMNS)}) SELECT ${list(COLUMNS, (column) => `$${column}`)}
  WHERE NOT EXISTS (SELECT 1 FROM removals WHERE id = $id AND updated_at >= $updated_at)
  ON CONFLICT (id) DO UPDATE SET ${list(CHANGING, (column) => `${column} = excluded.${column}`)}
  WHERE excluded.updated_at > cards.updated_at OR (
    excluded.updated_at = cards.updated_at
    AND (${list(CONTENT, (column) => `excluded.${column}`)}) IS NOT (${list(CONTENT, (column) => `cards.${column}`)})
  )
`;

/** Remembers that the card of an id was removed, and when, if that was not later than is known. */
export const NOTE_REMOVAL = `
  INSERT INTO removals (id, updated_at) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
`;

/** Removes the card of an id unless it has changed since. */
export const REMOVE = 'DELETE FROM cards WHERE id = ? AND updated_at <= ?';

/** Reads one card as a list shows it. */
export const SHOW = `SELECT ${list(SHOWN)} FROM cards WHERE id = ?`;

function pick<Name extends keyof Card>(card: Card, names: readonly Name[]): Pick<Card, Name> {
  return Object.fromEntries(names.map((name) => [name, card[name]])) as Pick<Card, Name>;
}
