/**
 * Measures the user list at the sizes given (`npm run bench:directory -- 1000 1000000`), prints a Markdown report and
 * keeps it in bench/results/directory.md; what both engines take for the same, in bench/results/engines.md.
 */

import { startPostgres } from '../tests/support/postgres.ts';
import { prepareEnvironment, type Table } from './harness/environment.ts';
import type { Sample } from './harness/instance.ts';
import { milliseconds, number, type Section, table, writeReport } from './harness/report.ts';
import { median, percentile } from './harness/statistics.ts';
import type { Warm } from './steps/directory.ts';
import type { Load } from './steps/load.ts';
import type { Filling } from './steps/pull.ts';
import type { Snapshot } from './steps/snapshot.ts';

const STANDARD_SIZES = ['1000', '10000', '100000'];

/** Everything for one size of the directory. */
interface Figures {
  size: number;
  from_index: Load;
  snapshot: Snapshot;
  from_snapshot: Load;
  warm: Warm[];
  postgres: { filling: Filling; first: Sample[]; warm: Warm[] };
}

const sizes = (process.argv.length > 2 ? process.argv.slice(2) : STANDARD_SIZES).map(Number);
await using environment = await prepareEnvironment();
const figures: Figures[] = [];
for (const size of sizes) figures.push(await measureSize(size, await environment.addTable(`bench-${size}`)));
await writeReport('directory.md', {
  title: 'The directory, measured',
  command: 'npm run bench:directory',
  sections: [reportLoads(), reportWarm()],
});
await writeReport('engines.md', {
  title: 'The engines of the directory, side by side',
  command: 'npm run bench:directory',
  sections: [reportPostgres(), ...figures.map(compareEngines)],
});

async function measureSize(size: number, table: Table): Promise<Figures> {
  await table.run('people', size);
  const from_index = await table.run<Load>('load', size);
  const snapshot = await table.run<Snapshot>('snapshot');
  const from_snapshot = await table.run<Load>('load', size);
  const warm = await table.run<Warm[]>('directory', size);
  return { size, from_index, snapshot, from_snapshot, warm, postgres: await measurePostgres(size, table) };
}

/** The same table and the same requests, with the directory in the PostgreSQL of POSTGRES_URL, or in an embedded one. */
async function measurePostgres(size: number, table: Table): Promise<Figures['postgres']> {
  await using database = await startPostgres();
  const other = await table.withPostgres(database.url);
  const filling = await other.run<Filling>('pull');
  const first = await other.run<Sample[]>('firstList');
  return { filling, first, warm: await other.run<Warm[]>('directory', size) };
}

type Line = [label: string, cell: (figures: Figures) => string];

function tableOf(lines: readonly Line[]): string {
  const head = ['', ...sizes.map((size) => `${number(size)} users`)];
  return table(
    head,
    lines.map(([label, cell]) => [label, ...figures.map(cell)]),
  );
}

function megabytes(bytes: number): string {
  const size = bytes / 2 ** 20;
  return number(size, size < 10 ? 1 : 0);
}

function reportLoads(): Section {
  const times = ({ own, total }: Load) => `${milliseconds(own)} / ${milliseconds(total)}`;
  const memory = ({ rss, rss_peak }: Load) => `${megabytes(rss)} / ${megabytes(rss_peak)}`;
  return {
    title: 'Cold load and memory',
    note:
      'The first answer of a new instance, over the embedded database in memory on the same machine. "Own" is the ' +
      'processor time of the thread that serves; the rest of "all" it waited, for the database above all.',
    body: tableOf([
      ['from the index: own / all, ms', ({ from_index }) => times(from_index)],
      ['from the index: read units', ({ from_index }) => number(from_index.read_units, 1)],
      ['from the snapshot: own / all, ms', ({ from_snapshot }) => times(from_snapshot)],
      ['from the snapshot: read units', ({ from_snapshot }) => number(from_snapshot.read_units, 1)],
      [
        'snapshot: MB / packed',
        ({ snapshot: { bytes, packed_bytes } }) => `${megabytes(bytes)} / ${megabytes(packed_bytes)}`,
      ],
      ['writing the snapshot the first time: ms', ({ snapshot }) => milliseconds(snapshot.ms)],
      [
        'writing the snapshot the first time: read / write units',
        ({ snapshot }) => `${number(snapshot.read_units)} / ${number(snapshot.write_units)}`,
      ],
      ['file: MB', ({ from_snapshot }) => megabytes(from_snapshot.directory.bytes)],
      ['file: bytes a card', ({ from_snapshot: { directory } }) => number(directory.bytes / directory.cards)],
      ['process, loaded from the snapshot: MB / at its peak', ({ from_snapshot }) => memory(from_snapshot)],
      ['process, loaded from the index: MB / at its peak', ({ from_index }) => memory(from_index)],
    ]),
  };
}

function reportWarm(): Section {
  const labels = figures[0]?.warm.map(({ label }) => label) ?? [];
  const cell = (samples: readonly Sample[]) => {
    const own = samples.map((sample) => sample.own);
    const total = median(samples.map((sample) => sample.total));
    const [p50, p99] = [0.5, 0.99].map((share) => milliseconds(percentile(own, share)));
    return `${p50} / ${p99} (${milliseconds(total)})`;
  };
  return {
    title: 'Warm requests: own time, p50 / p99 in ms (all, p50)',
    note:
      'Every request passes the whole handler and brings the directory up to date first. No search repeats an earlier ' +
      'one, so nothing is remembered except for the next pages.',
    body: tableOf([
      ...labels.map(
        (wanted): Line => [
          wanted,
          ({ warm }) => cell(warm.find(({ label }) => label === wanted)?.samples ?? []),
        ],
      ),
      [
        'read units / trips of a first page',
        ({ warm }) => {
          const [{ read_units, trips } = { read_units: 0, trips: 0 }] = warm[0]?.samples ?? [];
          return `${number(read_units, 1)} / ${trips}`;
        },
      ],
    ]),
  };
}

function reportPostgres(): Section {
  const [{ postgres: { filling: { version } = { version: '' } } = {} } = {}] = figures;
  const where = process.env.POSTGRES_URL
    ? 'on the same machine'
    : 'compiled to WebAssembly, so slower than any server';
  return {
    title: 'With PostgreSQL',
    note: `PostgreSQL ${version}, ${where}, as it is installed but for 1 GB of shared buffers. The first answer of a new instance loads no cards.`,
    body: tableOf([
      ['filling it: ms', ({ postgres }) => milliseconds(postgres.filling.ms)],
      ['filling it: read units', ({ postgres }) => number(postgres.filling.read_units)],
      ['a pull without changes: ms', ({ postgres }) => milliseconds(postgres.filling.again_ms)],
      ['cards and indexes in the database: MB', ({ postgres }) => megabytes(postgres.filling.bytes)],
      [
        'first answer of a new instance: own / all, ms',
        ({ postgres: { first } }) =>
          [first.map(({ own }) => own), first.map(({ total }) => total)]
            .map((times) => milliseconds(median(times)))
            .join(' / '),
      ],
    ]),
  };
}

function compareEngines({ size, warm, postgres }: Figures): Section {
  const times = (samples: readonly Sample[]) => [
    milliseconds(median(samples.map(({ own }) => own))),
    ...[0.5, 0.99].map((share) =>
      milliseconds(
        percentile(
          samples.map(({ total }) => total),
          share,
        ),
      ),
    ),
  ];
  return {
    title: `Both engines at ${number(size)} users: ms`,
    note:
      'The same requests to one warm instance, one at a time. Of PostgreSQL, whose processor time is not the function’s, the ' +
      'time of the whole request says more; no network lies between here.',
    body: table(
      [
        '',
        ...['own', 'all p50', 'all p99'].map((name) => `embedded: ${name}`),
        ...['own', 'all p50', 'all p99'].map((name) => `PostgreSQL: ${name}`),
      ],
      warm.map(({ label, samples }) => [
        label,
        ...times(samples),
        ...times(postgres.warm.find((other) => other.label === label)?.samples ?? []),
      ]),
    ),
  };
}
