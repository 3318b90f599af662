/**
 * Measures the user list at the sizes given (`npm run bench:directory -- 1000 1000000`), prints a Markdown table and
 * keeps it in bench/results/directory.md.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDatabase } from '../local/database.ts';
import { generateSigningKey, publicKeys } from '../local/keys.ts';
import { root, tableProperties } from '../local/serverless.ts';
import { createTable, localCredentials } from '../local/table.ts';
import { type Measured, report, type SizeFigures } from './directory/report.ts';

const STANDARD_SIZES = ['1000', '10000', '100000'];
/** Cold loads of small directories vary: the median of so many new processes counts. */
const COLD_RUNS = 3;

const MEASURE = import.meta.resolve('./directory/measure.ts');
const PREPARE = import.meta.resolve('./directory/prepare.ts');

const run = promisify(execFile);
const sizes = (process.argv.length > 2 ? process.argv.slice(2) : STANDARD_SIZES).map(Number);
const keys = { keys: [await generateSigningKey()] };
const database = await startDatabase();
Object.assign(process.env, localCredentials, {
  DYNAMODB_ENDPOINT: database.endpoint,
  ISSUER: 'https://api.example.com/careers/users',
  AUDIENCE: 'careers',
  PUBLIC_KEYS: JSON.stringify(publicKeys(keys)),
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});

try {
  const figures: SizeFigures[] = [];
  for (const size of sizes) figures.push(await measureSize(size));
  const text = report(figures);
  await mkdir(join(root, 'bench/results'), { recursive: true });
  await writeFile(join(root, 'bench/results/directory.md'), text);
  process.stdout.write(text);
} finally {
  await database.stop();
}

async function measureSize(size: number): Promise<SizeFigures> {
  process.env.TABLE_NAME = `bench-${size}`;
  await createTable(database.endpoint, `bench-${size}`, tableProperties);
  await inProcess(PREPARE, 'load', String(size));
  const runs = size > 200_000 ? 1 : COLD_RUNS;
  const from_index = await coldLoads(runs, size);
  process.stderr.write(`${size}: loaded from the index in ${Math.round(from_index.ms)} ms\n`);
  const snapshot = JSON.parse(await inProcess(PREPARE, 'snapshot'));
  const from_snapshot = await coldLoads(runs, size);
  process.stderr.write(`${size}: loaded from the snapshot in ${Math.round(from_snapshot.ms)} ms\n`);
  const requests = size > 200_000 ? 40 : 100;
  const warm: Measured = JSON.parse(await inProcess(MEASURE, 'queries', String(requests), String(size)));
  if (!warm.timings || !warm.units) throw new Error('The queries were not measured.');
  return { size, from_index, from_snapshot, snapshot, timings: warm.timings, units: warm.units };
}

async function coldLoads(runs: number, size: number) {
  const loads = [];
  for (let n = 0; n < runs; n++) {
    const { cold }: Measured = JSON.parse(await inProcess(MEASURE, 'load'));
    if (cold.cards !== size) throw new Error(`${cold.cards} of ${size} cards were loaded.`);
    loads.push(cold);
  }
  const median = loads.sort((a, b) => a.own_ms - b.own_ms)[Math.floor(runs / 2)];
  if (!median) throw new Error('Nothing was measured.');
  return median;
}

async function inProcess(file: string, ...parameters: string[]): Promise<string> {
  const work = run(process.execPath, [fileURLToPath(file), ...parameters]);
  work.child.stderr?.pipe(process.stderr);
  return (await work).stdout;
}
