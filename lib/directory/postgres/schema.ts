import { type Change, feedCount, isCard } from '../../table/cards.ts';
import { ORDERINGS, type Ordering } from '../query.ts';
import { rowOf } from '../rows.ts';

/**
 * The form of the tables, in their names: whoever changes what they hold raises it, and the next pull fills new ones
 * beside the old.
 */
const FORM = 1;

export const CARDS = `cards_${FORM}`;
export const FEEDS = `feeds_${FORM}`;

/** The column that an ordering sorts by: texts in lower case, by code points. */
export const orderColumn = (by: Ordering) => (by === 'created_at' ? by : (`${by}_key` as const));

/** A row as it is stored: a card, or, `removed`, that there is none any more, and nothing else of it. */
export function storedRow(shard: number, change: Change) {
  const { id, updated_at } = change;
  const { username, first_name, last_name, avatar, created_at, text } = isCard(change)
    ? rowOf(change)
    : NOBODY;
  return {
    ...{
      id,
      shard,
      removed: !isCard(change),
      updated_at,
      created_at,
      username,
      first_name,
      last_name,
      avatar,
      text,
    },
    username_key: username.toLowerCase(),
    first_name_key: first_name.toLowerCase(),
    last_name_key: last_name.toLowerCase(),
  };
}

const NOBODY = { username: '', first_name: '', last_name: '', avatar: null, created_at: 0, text: '' };

type Column = keyof ReturnType<typeof storedRow>;

/** The types of the columns, as arrays of them are passed. `C` compares bytes, and so code points. */
const TYPES: Record<Column, string> = {
  id: 'bigint',
  shard: 'smallint',
  removed: 'boolean',
  updated_at: 'bigint',
  created_at: 'bigint',
  username: 'text',
  first_name: 'text',
  last_name: 'text',
  avatar: 'text',
  text: 'text',
  username_key: 'text',
  first_name_key: 'text',
  last_name_key: 'text',
};

export const COLUMNS = Object.entries(TYPES).map(([name, type]) => ({ name: name as Column, type }));

const declared = COLUMNS.map(({ name, type }) => {
  const collation = type === 'text' ? ' COLLATE "C"' : '';
  return `${name} ${type}${collation}${name === 'avatar' ? '' : ' NOT NULL'}`;
});

/** Two who prepare at once would meet in the catalogue: any number will do, as long as it is the same. */
const PREPARING = 714_003;

/** Makes what is missing: the cards, with an index for each ordering and one of trigrams, and how far each feed is read. */
export const PREPARE = `
  SELECT pg_advisory_xact_lock(${PREPARING});
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE TABLE IF NOT EXISTS ${CARDS} (${declared.join(', ')}, PRIMARY KEY (id));
  CREATE INDEX IF NOT EXISTS ${CARDS}_text ON ${CARDS} USING gin (text gin_trgm_ops) WHERE NOT removed;
  ${ORDERINGS.map(
    (by) =>
      `CREATE INDEX IF NOT EXISTS ${CARDS}_${by} ON ${CARDS} (${orderColumn(by)}, id) WHERE NOT removed;`,
  ).join('\n  ')}
  CREATE TABLE IF NOT EXISTS ${FEEDS} (
    shard smallint PRIMARY KEY, settled bigint NOT NULL, total bigint NOT NULL,
    claimed_until bigint NOT NULL, compared_at bigint NOT NULL
  );
  INSERT INTO ${FEEDS} SELECT shard, 0, 0, 0, 0 FROM generate_series(0, ${feedCount - 1}) AS shard ON CONFLICT DO NOTHING;
`;
