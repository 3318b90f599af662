import type { Ordering } from './search.ts';

/** Larger pages make a scan of all texts a little faster, and the longest card fits into one. */
export const PAGE_SIZE = 16_384;

/** `text` holds all that a search looks at, folded, in one place: one comparison a card. */
export const DATA = `
  CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    username TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL, avatar TEXT,
    username_key TEXT NOT NULL, first_name_key TEXT NOT NULL, last_name_key TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
  ) STRICT;
`;

/**
 * An index for each ordering and one over the trigrams of the texts. That one says only which card has a trigram, not
 * where: half the memory and half the time to build. From here on, triggers keep it in step with the cards.
 */
export const INDEXES = `
  CREATE INDEX by_username ON cards (username_key, id);
  CREATE INDEX by_first_name ON cards (first_name_key, id);
  CREATE INDEX by_last_name ON cards (last_name_key, id);
  CREATE INDEX by_created_at ON cards (created_at, id);
  CREATE VIRTUAL TABLE texts USING fts5 (
    text, content = 'cards', content_rowid = 'id', detail = none, columnsize = 0,
    tokenize = 'trigram case_sensitive 1'
  );
  INSERT INTO texts (texts, rank) VALUES ('hashsize', 16777216);
  INSERT INTO texts (rowid, text) SELECT id, text FROM cards;
  CREATE TRIGGER card_added AFTER INSERT ON cards BEGIN
    INSERT INTO texts (rowid, text) VALUES (new.id, new.text);
  END;
  CREATE TRIGGER text_changed AFTER UPDATE OF text ON cards WHEN old.text <> new.text BEGIN
    INSERT INTO texts (texts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO texts (rowid, text) VALUES (new.id, new.text);
  END;
`;

const SHOWN = 'text, first_name, last_name, avatar';
const ofBoth = (table: string) => SHOWN.replaceAll(/\w+/g, (column) => `${table}.${column}`);

/**
 * Writes a card unless the replica has it as it is or as it was changed later. Of two with one stamp and different
 * contents the one that is read last stays.
 */
export const UPSERT = `
  INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    text = excluded.text, first_name = excluded.first_name, last_name = excluded.last_name,
    avatar = excluded.avatar, first_name_key = excluded.first_name_key,
    last_name_key = excluded.last_name_key, updated_at = excluded.updated_at
  WHERE excluded.updated_at > cards.updated_at
    OR (excluded.updated_at = cards.updated_at AND (${ofBoth('excluded')}) IS NOT (${ofBoth('cards')}))
`;

/** The column that each ordering sorts by; ties break by id. */
export const ORDER_COLUMNS = {
  username: 'username_key',
  first_name: 'first_name_key',
  last_name: 'last_name_key',
  created_at: 'created_at',
} as const satisfies Record<Ordering, string>;
