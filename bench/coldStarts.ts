import type { Progress } from '../local/seed/progress.ts';
import type { Bundle } from './bundles.ts';
import type { Fleet } from './instances.ts';
import { median, milliseconds, type Section, table } from './report.ts';
import type { Scenario } from './scenarios.ts';

const STARTS = 15;
const LARGEST = 4;
/** Beyond the numbers that the warm instances get. */
const FIRST_NUMBER = 500;

export const coldStartSteps = (all: readonly Scenario[]) => firstOfEach(all).length;

/** Scenarios by function: a cold start is measured once for each. */
function firstOfEach(all: readonly Scenario[]): Scenario[] {
  const found = new Map<string, Scenario>();
  for (const scenario of all) if (!found.has(scenario.name)) found.set(scenario.name, scenario);
  return [...found.values()];
}

/** Starts every function again and again, each time in a new process, until its first answer. */
export async function measureColdStarts(
  fleet: Fleet,
  bundles: readonly Bundle[],
  all: readonly Scenario[],
  progress: Progress,
): Promise<Section> {
  const rows: (string | number)[][] = [];
  for (const { name, request } of firstOfEach(all)) {
    const times: number[] = [];
    for (let n = 0; n < STARTS; n++) times.push(await fleet.coldStart(name, request(FIRST_NUMBER + n)));
    const bundle = bundles.find((entry) => entry.name === name);
    const largest = bundle?.contents.slice(0, LARGEST) ?? [];
    rows.push([
      name,
      milliseconds(median(times)),
      milliseconds(Math.max(...times)),
      kilobytes(bundle?.bytes ?? 0),
      largest.map(([part, bytes]) => `${part} ${kilobytes(bytes)}`).join(', '),
    ]);
    progress.advance();
  }
  return {
    title: 'Cold starts and bundles',
    note:
      `From the start of the process to the first answer over a local database, ${STARTS} starts of each function; ` +
      'register and login include a bcrypt hash, listUsers loads the directory of 1,000 people. Bundles are minified, ' +
      'in kB, with their largest parts.',
    body: table(['function', 'p50 ms', 'slowest ms', 'bundle kB', 'of which'], rows),
  };
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
