import type * as v from 'valibot';
import { userKey } from '../../lib/table/keys.ts';
import { getItems } from '../../lib/table/read.ts';
import { newUserWrites, parseUser, USER_ATTRIBUTES } from '../../lib/table/users.ts';
import { transact } from '../../lib/table/write.ts';
import { AT_ONCE, slices, USERS_A_TRANSACTION, usersWrites } from '../bulk.ts';
import { inParallel } from '../pool.ts';
import type { Progress } from '../seed/progress.ts';
import { type Line, readBatches } from './lines.ts';
import { persistent } from './persistence.ts';
import type { Report } from './report.ts';
import { readRow, UserRow, type Work, workOf } from './rows.ts';

/** Lines that are in memory at once. */
const BATCH = USERS_A_TRANSACTION * AT_ONCE * 10;

type Row = v.InferOutput<typeof UserRow>;
type Numbered = Row & { line: number };

/** Whom follows may name, and what the dearest password takes. */
export interface ImportedUsers {
  /** The names of those who are in the table, by id. */
  names: Map<number, string>;
  dearest: Work;
}

/**
 * Writes the users of a file with the ids that they have, all of a user or nothing; those who are there already stay as
 * they are. What the rules of the API refuse, and whose name, address or id somebody else has, is reported.
 */
export async function importUsers(file: string, report: Report, progress: Progress): Promise<ImportedUsers> {
  const names = new Map<number, string>();
  const dearest = { iterations: 0, cost: 0 };
  for await (const lines of readBatches(file, BATCH)) {
    await inParallel(slices(lines, USERS_A_TRANSACTION), AT_ONCE, async (slice) => {
      const rows = parseLines(file, slice, report);
      for (const { id, username, password } of await writeRows(file, rows, report)) {
        names.set(id, username);
        const { iterations, cost } = workOf(password) ?? dearest;
        dearest.iterations = Math.max(dearest.iterations, iterations);
        dearest.cost = Math.max(dearest.cost, cost);
      }
      progress.advance(slice.length);
    });
  }
  return { names, dearest };
}

function parseLines(file: string, lines: readonly Line[], report: Report): Numbered[] {
  return lines.flatMap(({ number: line, value }) => {
    const read = readRow(UserRow, value);
    if ('row' in read) return [{ ...read.row, line }];
    report.refuse(file, line, (value as { id?: unknown } | null)?.id, read.faults);
    return [];
  });
}

/** Those of the rows whose users are in the table now. */
async function writeRows(file: string, rows: readonly Numbered[], report: Report): Promise<Row[]> {
  const missing: Numbered[] = [];
  const there: Row[] = [];
  const known = await readKnown(rows);
  for (const row of rows) {
    const is_there = known.get(row.username.toLowerCase()) === row.id;
    (is_there ? there : missing).push(row);
  }
  report.of(file).found += there.length;
  const written = (await writeTogether(missing)) ? missing : await writeOneByOne(file, missing, report);
  report.of(file).written += written.length;
  return [...there, ...written];
}

/** The ids of the users who have those names already, by the names in lower case. */
async function readKnown(rows: readonly Row[]): Promise<Map<string, number>> {
  const names = [...new Set(rows.map(({ username }) => username.toLowerCase()))];
  const items = await persistent(() =>
    getItems(names.map(userKey), { consistent: true, attributes: USER_ATTRIBUTES }),
  );
  return new Map(items.map(parseUser).map(({ username, id }) => [username.toLowerCase(), id]));
}

const asWritten = ({ line: _, password, is_active: __, updated_at, ...row }: Numbered) => {
  const { posts_count, likes_received, comments_received, ...fields } = row;
  const user = {
    ...fields,
    password_hash: password,
    updated_at: Math.max(updated_at ?? 0, row.created_at),
    epoch: 0,
  };
  return [user, { posts_count, likes_received, comments_received }] as const;
};

/** Writes all of them in one transaction, or none: where one cannot be, or two of them are the same. */
async function writeTogether(rows: readonly Numbered[]): Promise<boolean> {
  if (rows.length === 0) return true;
  const users = rows.map((row) => asWritten(row));
  const keys = users.flatMap(([user]) =>
    Object.values(newUserWrites(user)).map(({ Put }) => JSON.stringify([Put.Item.PK, Put.Item.SK])),
  );
  if (new Set(keys).size < keys.length) return false;
  return (await persistent(() => transact(usersWrites(users.map(([user, counts]) => [user, counts]))))).done;
}

const TAKEN = {
  username: 'Somebody else has this username.',
  email: 'Somebody else has this email address.',
  id: 'Somebody else has this id.',
};

async function writeOneByOne(file: string, rows: readonly Numbered[], report: Report): Promise<Numbered[]> {
  const written: Numbered[] = [];
  for (const row of rows) {
    const transacted = await persistent(() => transact<string>(newUserWrites(...asWritten(row))));
    if (transacted.done) {
      written.push(row);
      continue;
    }
    const taken = Object.entries(TAKEN).filter(([name]) => transacted.refused.has(name));
    const faults = Object.fromEntries(taken.map(([name, sentence]) => [name, [sentence]]));
    report.refuse(file, row.line, row.id, faults);
  }
  return written;
}
