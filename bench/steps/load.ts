/** Measures the first answer of a new instance of the user list, which must find so many users: `load SIZE`. */
import { answer } from '../harness/child.ts';
import type { Done, Sample } from '../harness/instance.ts';
import { invokeNew } from '../harness/instances.ts';
import { anonymous } from '../harness/requests.ts';

/** That answer, and what the instance holds then. */
export type Load = Sample & Required<Pick<Done, 'directory' | 'rss' | 'rss_peak'>>;

/** Loads of small directories vary: the median of several counts. */
const RUNS = 3;

const size = Number(process.argv[2]);
const runs = size > 200_000 ? 1 : RUNS;
const loads: Load[] = [];
for (let n = 0; n < runs; n++) {
  const { samples, directory, rss, rss_peak } = await invokeNew('listUsers', [anonymous('GET', '/')]);
  const [sample] = samples;
  if (!sample || directory?.cards !== size)
    throw new Error(`${directory?.cards} of ${size} users were found.`);
  loads.push({ ...sample, directory, rss, rss_peak });
}
answer(loads.sort((a, b) => a.own - b.own)[Math.floor(runs / 2)] ?? '');
