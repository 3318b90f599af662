import { readBundles } from '../harness/bundles.ts';
import { invokeNew } from '../harness/instances.ts';
import { inTurn } from '../harness/inTurn.ts';
import { milliseconds, type Section, table } from '../harness/report.ts';
import { median } from '../harness/statistics.ts';
import { MAIL, type Scenario } from './scenarios.ts';

const STARTS = 15;
const LARGEST = 4;
/** Beyond the numbers that the warm instances get. */
const FIRST_NUMBER = 500;

/** Starts every function again and again, each time in a new process, until its first answer. */
export async function measureColdStarts(all: readonly Scenario[]): Promise<Section> {
  const bundles = await readBundles(process.env.BUNDLES ?? '');
  const byFunction = Map.groupBy(all, ({ budget }) => budget.name);
  const rows = await inTurn('Cold starts', [...byFunction], async ([name, [scenario]]) => {
    const times: number[] = [];
    for (let n = 0; scenario && n < STARTS; n++) {
      const options = { environment: scenario.with_mail ? MAIL : {} };
      times.push((await invokeNew(name, [scenario.request(FIRST_NUMBER + n)], options)).elapsed);
    }
    const { bytes, contents } = bundles.find((bundle) => bundle.name === name) ?? { bytes: 0, contents: [] };
    const largest = contents.slice(0, LARGEST).map(([owner, size]) => `${owner} ${kilobytes(size)}`);
    const slowest = milliseconds(Math.max(...times));
    return [name, milliseconds(median(times)), slowest, kilobytes(bytes), largest.join(', ')];
  });
  return {
    title: 'Cold starts and bundles',
    note:
      `From the start of the process to the first answer over a local database, ${STARTS} starts of each function; ` +
      'register and login include a bcrypt hash, and so does deleteMe; listUsers loads the directory of some 1,000 people. Bundles are minified, ' +
      'in kB, with their largest parts.',
    body: table(['function', 'p50 ms', 'slowest ms', 'bundle kB', 'of which'], rows),
  };
}

const kilobytes = (bytes: number) => Math.round(bytes / 1000);
