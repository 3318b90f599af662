import { parseArgs } from 'node:util';
import { PLACE_OPTIONS, usePlace } from '../place.ts';
import { startProgress } from '../seed/progress.ts';
import { StartFailure } from '../service/database.ts';

const USAGE = `npm run import -- USERS.jsonl FOLLOWS.jsonl [--report FILE] [--stage STAGE [--region REGION]] [--table NAME]

Brings the users of another system, with their ids, passwords and follows. Run it again to go on after an interruption,
or after mending rows: what is there already stays as it is. Rows that are refused are noted in the report
(import-refused.jsonl unless said). docs/importing.md has the form of the rows.

Without --stage: into the running local service.
`;

function readOptions() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { ...PLACE_OPTIONS, report: { type: 'string', default: 'import-refused.jsonl' } },
  });
  const [users, follows] = positionals;
  if (users === undefined || follows === undefined || positionals.length > 2) throw new StartFailure(USAGE);
  return { users, follows, ...values };
}

/** How many lines a file has, and the highest id in them that can be one. */
async function measure(file: string) {
  const { readLines } = await import('./lines.ts');
  const { LARGEST_ID } = await import('./rows.ts');
  let lines = 0;
  let highest = 0;
  for await (const { value } of readLines(file)) {
    lines++;
    const { id } = (value ?? {}) as { id?: unknown };
    if (Number.isInteger(id) && Number(id) <= LARGEST_ID) highest = Math.max(highest, Number(id));
  }
  return { lines, highest };
}

async function run(): Promise<void> {
  const { users, follows, report: reported, ...place } = readOptions();
  await usePlace(place);
  // lib/ reads its environment when it is loaded.
  const { raiseSequence } = await import('../../lib/table/sequences.ts');
  const { readEdges } = await import('./edges.ts');
  const { importFollows } = await import('./follows.ts');
  const { Report } = await import('./report.ts');
  const { importUsers } = await import('./users.ts');

  const report = new Report(reported);
  const { lines, highest } = await measure(users);
  const { edges, highest: highest_edge } = await readEdges(follows, report);
  // First, so that nobody who registers or follows meanwhile is given an id that is about to be written.
  await raiseSequence('user', highest);
  await raiseSequence('follow', highest_edge);

  const registering = startProgress('Users  ', lines);
  const { names, dearest } = await importUsers(users, report, registering);
  registering.finish();
  const following = startProgress('Follows', edges.length);
  await importFollows(edges, { file: follows, names, report, progress: following });
  following.finish();
  await report.close();

  for (const [file, { written, found, refused }] of Object.entries(report.tallies)) {
    process.stdout.write(`${file}: ${written} written, ${found} there already, ${refused} refused\n`);
  }
  if (Object.values(report.tallies).some(({ refused }) => refused > 0)) {
    process.stdout.write(`${reported} says which rows were refused, and why.\n`);
  }
  if (dearest.iterations > 0 || dearest.cost > 0) {
    process.stdout.write(
      `Deploy with --param="importedIterations=${dearest.iterations}" --param="importedCost=${dearest.cost}", so that ` +
        'logins tell nothing of who was imported.\n',
    );
  }
}

try {
  await run();
} catch (error) {
  const { code } = error as { code?: string };
  const is_plain = error instanceof StartFailure || /^(ERR_PARSE_ARGS|ENOENT$)/.test(code ?? '');
  process.stderr.write(`${is_plain ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
