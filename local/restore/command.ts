import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PLACE_OPTIONS, usePlace } from '../place.ts';
import { StartFailure } from '../service/database.ts';
import type { Tally } from './restore.ts';

const USAGE = `npm run restore -- --stage STAGE [--region REGION] [--table NAME] --at TIME [--yes]
npm run restore -- --from TABLE [--yes]

Makes the table what it was at a moment of the last 35 days (2026-11-24T10:30:00Z). Without --yes it only says what there
is to do. With --yes it restores that moment into a table beside, waits, and copies back what differs.

  --beside  with --yes: restores into the table beside and compares, but copies nothing back
  --from    compares with a table that is there: one beside that was restored before, or any copy of the table

Stop writes first: docs/operations.md has all steps.
`;

interface Options {
  at: Date | undefined;
  from?: string | undefined;
  yes: boolean;
  beside: boolean;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      ...PLACE_OPTIONS,
      at: { type: 'string' },
      from: { type: 'string' },
      yes: { type: 'boolean', default: false },
      beside: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { stage, at: time, from } = values;
  const at = time === undefined ? undefined : new Date(time);
  const has_one = (at === undefined) !== (from === undefined);
  if (values.help || !has_one || Number.isNaN(at?.getTime()) || (at && stage === undefined)) {
    throw new StartFailure(USAGE);
  }
  return { ...values, at };
}

async function run(): Promise<void> {
  const { stage, region, table: name, ...options } = readOptions();
  await usePlace({ stage, region, table: name });
  const { DYNAMODB_ENDPOINT: endpoint, TABLE_NAME: table = '' } = process.env;
  const client = new DynamoDBClient({ ...(endpoint && { endpoint }) });
  const beside = await findBeside(client, table, options);
  if (beside === undefined) return;

  // lib/ reads its environment when it is loaded.
  const { compare, copyBack } = await import('./restore.ts');
  const tables = { client, table, beside };
  if (!options.yes || options.beside) {
    say(`${table} differs from ${beside} in:`);
    print(await compare(tables));
    say(
      'Nothing was changed. With --yes, what is lost is put back, changes are undone, what was added is taken away.',
    );
    return;
  }
  print(await copyBack(tables));
  say(
    `${table} is what ${beside} has, but for sessions, revoked tokens, limits, sequences and epochs, which are never set back.\n` +
      'Now: npm run admin -- audit --repair, then deploy, which replaces the instances that hold the directory; then let ' +
      `writes in again. Delete ${beside} when nobody needs it any more.`,
  );
}

/** The table to compare with, restored if it has to be; `undefined` where nothing more is to be done. */
async function findBeside(client: DynamoDBClient, table: string, { at, from, yes }: Options) {
  const { nameBeside, requireReachable, restoreBeside, statusOf } = await import('./tables.ts');
  if (!at) {
    const beside = from ?? '';
    if ((await statusOf(client, beside)) === undefined)
      throw new StartFailure(`There is no table ${beside}.`);
    return beside;
  }
  const beside = nameBeside(table, at);
  const is_there = (await statusOf(client, beside)) !== undefined;
  if (!is_there) await requireReachable(client, table, at);
  if (!is_there && !yes) {
    say(
      `1. ${table} as of ${at.toISOString()} is restored into ${beside}, which takes from minutes to hours.`,
    );
    say('2. Both are compared, and what differs is counted.');
    say('3. What differs is copied back, unless --beside is given.');
    say('Nothing was done: add --yes.');
    return undefined;
  }
  if (!is_there) say(`Restoring ${table} as of ${at.toISOString()} into ${beside} …`);
  await restoreBeside(client, { table, beside, at });
  return beside;
}

function print(tallies: Record<string, Tally>): void {
  for (const [kind, { lost, changed, added }] of Object.entries(tallies)) {
    say(`  ${kind}: ${lost} lost, ${changed} changed, ${added} added`);
  }
  if (Object.keys(tallies).length === 0) say('  nothing');
}

const say = (sentence: string) => process.stdout.write(`${sentence}\n`);

try {
  await run();
} catch (error) {
  const is_plain =
    error instanceof StartFailure || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${is_plain ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
