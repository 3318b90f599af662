import { cpus, totalmem } from 'node:os';

/** The first reading of an instance. Times in milliseconds, memory in bytes. */
export interface ColdLoad {
  ms: number;
  own_ms: number;
  cards: number;
  bytes: number;
  read_units: number;
  rss: number;
  rss_peak: number;
}

/** Times of one kind of request, in milliseconds: `p50` and `p99` of the work alone, `total_p50` with all waits. */
export interface Timing {
  label: string;
  p50: number;
  p99: number;
  total_p50: number;
}

/** What one process found. */
export interface Measured {
  cold: ColdLoad;
  timings?: Timing[];
  units?: { read_units: number; trips: number };
}

/** The snapshot that was written. */
export interface SnapshotFigures {
  bytes?: number;
  chunks?: number;
  ms: number;
  read_units: number;
  write_units: number;
}

/** Everything for one size of the directory. */
export interface SizeFigures {
  size: number;
  from_index: ColdLoad;
  from_snapshot: ColdLoad;
  snapshot: SnapshotFigures;
  timings: Timing[];
  units: { read_units: number; trips: number };
}

const number = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ms = (value: number) => number(value, value < 100 ? 1 : 0);
const mb = (bytes: number) => number(bytes / 2 ** 20, bytes < 10 * 2 ** 20 ? 1 : 0);
const row = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** The figures as Markdown. */
export function report(sizes: readonly SizeFigures[]): string {
  const header = ['', ...sizes.map(({ size }) => `${number(size)} users`)];
  const line = (label: string, cell: (figures: SizeFigures) => string) => row([label, ...sizes.map(cell)]);
  const rule = row(header.map((_, n) => (n === 0 ? '---' : '---:')));
  const labels = sizes[0]?.timings.map(({ label }) => label) ?? [];
  const timing = ({ timings }: SizeFigures, wanted: string) => timings.find(({ label }) => label === wanted);
  return [
    '# The directory, measured',
    '',
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${number(totalmem() / 2 ** 30)} GB; Node.js ${process.version}; the`,
    'embedded database in memory on the same machine. "Own" is the processor time of the thread that serves; the rest of',
    '"all" it waited, for the database above all. Written by `npm run bench:directory`.',
    '',
    '## Cold load and memory',
    '',
    row(header),
    rule,
    line(
      'from the index: own / all, ms',
      ({ from_index }) => `${ms(from_index.own_ms)} / ${ms(from_index.ms)}`,
    ),
    line('from the index: read units', ({ from_index }) => number(from_index.read_units, 1)),
    line(
      'from the snapshot: own / all, ms',
      ({ from_snapshot }) => `${ms(from_snapshot.own_ms)} / ${ms(from_snapshot.ms)}`,
    ),
    line('from the snapshot: read units', ({ from_snapshot }) => number(from_snapshot.read_units, 1)),
    line('snapshot: MB / chunks', ({ snapshot }) => `${mb(snapshot.bytes ?? 0)} / ${snapshot.chunks ?? 0}`),
    line('writing the snapshot the first time: ms', ({ snapshot }) => ms(snapshot.ms)),
    line(
      'writing the snapshot the first time: read / write units',
      ({ snapshot }) => `${number(snapshot.read_units)} / ${number(snapshot.write_units)}`,
    ),
    line('replica: MB', ({ from_snapshot }) => mb(from_snapshot.bytes)),
    line('replica: bytes a card', ({ from_snapshot }) => number(from_snapshot.bytes / from_snapshot.cards)),
    line(
      'process, loaded from the snapshot: MB / at its peak',
      ({ from_snapshot }) => `${mb(from_snapshot.rss)} / ${mb(from_snapshot.rss_peak)}`,
    ),
    line(
      'process, loaded from the index: MB / at its peak',
      ({ from_index }) => `${mb(from_index.rss)} / ${mb(from_index.rss_peak)}`,
    ),
    '',
    '## Warm requests: own time, p50 / p99 in ms (all, p50)',
    '',
    row(header),
    rule,
    ...labels.map((label) =>
      line(label, (figures) => {
        const found = timing(figures, label);
        return found ? `${ms(found.p50)} / ${ms(found.p99)} (${ms(found.total_p50)})` : '';
      }),
    ),
    line('read units / trips of a request', ({ units }) => `${number(units.read_units, 1)} / ${units.trips}`),
    '',
    'Every request passes the whole handler and brings the replica up to date first. No search repeats an earlier one, so',
    'nothing is remembered except for the next pages. After a profile change nothing is remembered at all.',
    '',
  ].join('\n');
}
