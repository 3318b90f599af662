import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type ItemKind, snapshotKey } from '../../lib/table/keys.ts';
import { inParallel } from '../pool.ts';
import { type Difference, differences, type Tables } from './differences.ts';

const AT_ONCE = 16;

/** How many items of a kind were, or are to be, put back, changed back and taken away. */
export interface Tally {
  lost: number;
  changed: number;
  added: number;
}

type Tallies = Partial<Record<ItemKind, Tally>>;

/** Counts in what a table differs from what it was. Changes nothing. */
export async function compare(tables: Tables): Promise<Tallies> {
  const tallies: Tallies = {};
  for await (const page of differences(tables, Date.now()))
    for (const difference of page) count(tallies, difference);
  return tallies;
}

/**
 * Makes the table what it was, item by item, so that it keeps its name, its stream, its settings and its backups; and
 * takes the snapshot of the directory out of force. Can be interrupted anywhere and repeated. Stop writes first: what is
 * written meanwhile may be half undone.
 */
export async function copyBack(tables: Tables): Promise<Tallies> {
  const documents = DynamoDBDocumentClient.from(tables.client);
  const TableName = tables.table;
  const tallies: Tallies = {};
  for await (const page of differences(tables, Date.now())) {
    await inParallel(page, AT_ONCE, async (difference) => {
      const { put, key } = difference;
      await (put
        ? documents.send(new PutCommand({ TableName, Item: put }))
        : documents.send(new DeleteCommand({ TableName, Key: key })));
      count(tallies, difference);
    });
  }
  await documents.send(new DeleteCommand({ TableName, Key: snapshotKey }));
  return tallies;
}

function count(tallies: Tallies, { kind, ...difference }: Difference): void {
  const tally = tallies[kind] ?? { lost: 0, changed: 0, added: 0 };
  tallies[kind] = tally;
  if (!difference.put) tally.added++;
  else if (difference.is_new) tally.lost++;
  else tally.changed++;
}
