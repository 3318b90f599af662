import type { DirectoryQuery } from '../query.ts';
import { FIELDS, type Row, SEPARATOR, wantedBy } from '../rows.ts';
import type { Database, Statement } from './database.ts';
import { CARDS, FEEDS, orderColumn } from './schema.ts';

/** What a query finds in the database, all of it at one moment. */
export interface Found {
  /** How many match, exactly. */
  total: number;
  /** Those at the places that were asked for, in the order of the query, as far as there are any. */
  rows: Row[];
  /** The time (ms) before which every change is in it. */
  position: number;
}

/** A stretch of the order of what matches. */
export interface Stretch {
  low: number;
  size: number;
}

/** The time (ms) before which every change is in the database. */
const POSITION = `(SELECT min(settled) FROM ${FEEDS})`;

const SHOWN = 'id, username, first_name, last_name, avatar, created_at, updated_at, text';

/** The directory's cards in PostgreSQL, searched, ordered and counted by it. */
export class PostgresBase {
  readonly #database: Database;
  /** How many cards a list of all had last. */
  #total = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The time (ms) before which every change is in it. */
  async position(): Promise<number> {
    const [row] = await this.#database.read<{ position: string }>({ text: `SELECT ${POSITION} AS position` });
    return Number(row?.position);
  }

  /**
   * What the query finds, whatever batch it asks for, without the cards of these ids. A stretch of all cards that lies
   * beyond the middle is counted from the end, as long as the end is where it was.
   */
  async find(query: DirectoryQuery, except: readonly number[], stretch: Stretch): Promise<Found> {
    if (wantedBy(query)) return this.#ask(query, except, stretch, false);
    for (let tries = 0; tries < 2 && stretch.low > this.#total / 2; tries++) {
      const total = this.#total;
      const end = Math.min(stretch.low + stretch.size, total);
      const found = await this.#ask(
        query,
        except,
        { low: total - end, size: Math.max(0, end - stretch.low) },
        true,
      );
      this.#total = found.total;
      if (found.total === total) return { ...found, rows: found.rows.reverse() };
    }
    const found = await this.#ask(query, except, stretch, false);
    this.#total = found.total;
    return found;
  }

  async #ask(
    query: DirectoryQuery,
    except: readonly number[],
    stretch: Stretch,
    from_end: boolean,
  ): Promise<Found> {
    const statement = findStatement(query, except, stretch, from_end);
    const [row] = await this.#database.read<{ position: string; total: string; rows: Row[] }>(statement);
    return { total: Number(row?.total), rows: row?.rows ?? [], position: Number(row?.position) };
  }
}

/**
 * One statement, so that total, page and position are of one moment. Which cards are on the page is picked first: where
 * nothing is searched, an index alone knows.
 */
function findStatement(
  query: DirectoryQuery,
  except: readonly number[],
  { low, size }: Stretch,
  from_end: boolean,
): Statement {
  const values: unknown[] = [except, size, low];
  const where = ['NOT removed', ...conditions(query, values)].join(' AND ');
  const { by, descending } = query.ordering;
  const direction = descending === from_end ? 'ASC' : 'DESC';
  const order = `ORDER BY ${orderColumn(by)} ${direction}, id ${direction}`;
  const all =
    where === 'NOT removed'
      ? `(SELECT sum(total) FROM ${FEEDS})`
      : `(SELECT count(*) FROM ${CARDS} WHERE ${where})`;
  const left_out = `(SELECT count(*) FROM ${CARDS} WHERE id = ANY ($1::bigint[]) AND ${where})`;
  return {
    text: `
      WITH counted AS MATERIALIZED (SELECT ${all} - ${left_out} AS total)
      SELECT ${POSITION} AS position, total, (
        SELECT json_agg(page) FROM (
          SELECT ${SHOWN} FROM ${CARDS} JOIN (
            SELECT id AS place FROM ${CARDS}
            WHERE ${where} AND id <> ALL ($1::bigint[]) AND (SELECT total FROM counted) > $3::bigint
            ${order} LIMIT $2::bigint OFFSET $3::bigint
          ) AS places ON id = place ${order}
        ) AS page
      ) AS rows
      FROM counted
    `,
    values,
  };
}

/**
 * What a query asks of a card, with its texts appended to `values`. The trigram index tells who may match a text, the text
 * itself who does; of a filter, its own field then decides.
 */
function conditions(query: DirectoryQuery, values: unknown[]): string[] {
  const { terms = [], filters = [] } = wantedBy(query) ?? {};
  const contains = (column: string, part: string) =>
    `${column} LIKE $${values.push(`%${part.replaceAll(/[\\%_]/g, '\\$&')}%`)}`;
  const field = (name: keyof typeof FIELDS) =>
    `split_part(text, chr(${SEPARATOR.charCodeAt(0)}), ${FIELDS[name] + 1})`;
  return [
    ...[...terms, ...filters.map(({ part }) => part)].map((part) => contains('text', part)),
    ...filters.map(({ field: name, part }) => contains(field(name), part)),
  ];
}
