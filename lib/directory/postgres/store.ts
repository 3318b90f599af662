import type { Change } from '../../table/cards.ts';
import type { Ask, Database } from './database.ts';
import { CARDS, COLUMNS, FEEDS, PREPARE, storedRow } from './schema.ts';

/** How many ids are read at a time. */
const IDS = 100_000;

/** Makes the tables, where they are missing. */
export async function prepare(database: Database): Promise<void> {
  await database.transact((ask) => ask({ text: PREPARE }));
}

interface Claim {
  /** How far each feed is read. */
  position: number[];
  /** All cards are to be compared with the index. */
  is_due: boolean;
}

interface Times {
  now: number;
  until: number;
  compared_before: number;
}

/** The right to pull until a time (ms); `undefined` while somebody else has it. */
export function claimPull(
  database: Database,
  { now, until, compared_before }: Times,
): Promise<Claim | undefined> {
  return database.transact(async (ask) => {
    const [claimed] = await ask({
      text: `UPDATE ${FEEDS} SET claimed_until = $2 WHERE shard = 0 AND claimed_until < $1 RETURNING shard`,
      values: [now, until],
    });
    if (!claimed) return undefined;
    const feeds = await ask<{ settled: string; compared_at: string }>({
      text: `SELECT settled, compared_at FROM ${FEEDS} ORDER BY shard`,
    });
    const position = feeds.map(({ settled }) => Number(settled));
    const is_due = feeds.some(({ compared_at }) => Number(compared_at) <= compared_before);
    // Noted before it is done: a comparison that fails is not begun again by every pull.
    if (is_due) await ask({ text: `UPDATE ${FEEDS} SET compared_at = $1`, values: [now] });
    // The first pull of all reads the whole index anyway.
    return { position, is_due: is_due && position.some((settled) => settled > 0) };
  });
}

/** Gives the right to pull back. */
export async function endClaim(database: Database): Promise<void> {
  await database.transact((ask) => ask({ text: `UPDATE ${FEEDS} SET claimed_until = 0 WHERE shard = 0` }));
}

interface Stored {
  shard: number;
  changes: readonly Change[];
  /** The time (ms) before which, with these, every change of the shard is stored. */
  settled: number;
}

/** Stores what is newer than what is there, and how far the feed is read with it; returns how many changes that was. */
export function storeChanges(database: Database, { shard, changes, settled }: Stored): Promise<number> {
  const rows = lastOfEach(changes).map((change) => storedRow(shard, change));
  return database.transact(async (ask) => {
    await lock(ask, shard);
    const [stored] = await ask<{ changes: string }>({
      text: STORE,
      values: [shard, settled, ...COLUMNS.map(({ name }) => rows.map((row) => row[name]))],
    });
    return Number(stored?.changes);
  });
}

/** The ids of all who were stored with an older stamp than `before` (ms), in parts. */
export async function* readIds(database: Database, shard: number, before: number): AsyncGenerator<number[]> {
  let last = 0;
  for (;;) {
    const rows = await database.read<{ id: string }>({
      text: `SELECT id FROM ${CARDS} WHERE shard = $1 AND updated_at < $2 AND id > $3 ORDER BY id LIMIT ${IDS}`,
      values: [shard, before, last],
    });
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => Number(id));
    yield ids;
    last = ids.at(-1) ?? last;
  }
}

interface Vanished {
  shard: number;
  ids: readonly number[];
  before: number;
}

/** Deletes those of the ids whose stamps are still older than `before` (ms); returns how many cards that was. */
export async function deleteVanished(database: Database, { shard, ids, before }: Vanished): Promise<number> {
  if (ids.length === 0) return 0;
  return database.transact(async (ask) => {
    await lock(ask, shard);
    const [deleted] = await ask<{ cards: string }>({ text: DELETE, values: [shard, ids, before] });
    return Number(deleted?.cards);
  });
}

/** One at a time stores or deletes cards of a shard, so that they are counted exactly. */
const lock = (ask: Ask, shard: number) =>
  ask({ text: `SELECT FROM ${FEEDS} WHERE shard = $1 FOR UPDATE`, values: [shard] });

/** The index may show somebody in the old place and in the new one. */
function lastOfEach(changes: readonly Change[]): Change[] {
  const last = new Map<number, Change>();
  for (const change of changes) {
    const known = last.get(change.id);
    if (!known || known.updated_at <= change.updated_at) last.set(change.id, change);
  }
  return [...last.values()];
}

const NAMES = COLUMNS.map(({ name }) => name).join(', ');
const ARRAYS = COLUMNS.map(({ type }, n) => `$${n + 3}::${type}[]`).join(', ');

/** Rows that are as they were are not touched, so that what is read again is not written again. */
const STORE = `
  WITH given AS (
    SELECT * FROM unnest(${ARRAYS}) AS given (${NAMES})
  ), newer AS (
    SELECT given.*, NOT cards.removed AS was_there
    FROM given LEFT JOIN ${CARDS} AS cards USING (id)
    WHERE cards.id IS NULL OR given.updated_at > cards.updated_at
  ), stored AS (
    INSERT INTO ${CARDS} AS cards (${NAMES}) SELECT ${NAMES} FROM newer
    ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map(({ name }) => `${name} = excluded.${name}`).join(', ')}
    WHERE excluded.updated_at > cards.updated_at
  ), feed AS (
    UPDATE ${FEEDS} SET
      settled = greatest(settled, $2::bigint),
      total = total + (SELECT count(*) FILTER (WHERE NOT removed) - count(*) FILTER (WHERE was_there) FROM newer)
    WHERE shard = $1
  )
  SELECT count(*) AS changes FROM newer
`;

const DELETE = `
  WITH deleted AS (
    DELETE FROM ${CARDS} WHERE id = ANY ($2::bigint[]) AND updated_at < $3 RETURNING removed
  ), feed AS (
    UPDATE ${FEEDS} SET total = total - (SELECT count(*) FROM deleted WHERE NOT removed) WHERE shard = $1
  )
  SELECT count(*) FILTER (WHERE NOT removed) AS cards FROM deleted
`;
