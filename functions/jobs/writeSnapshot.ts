import { writeSnapshot } from '../../lib/directory/snapshot/writer.ts';
import { job } from '../../lib/job.ts';

/** Runs on a schedule, so that no request waits for it. */
export const handler = job('snapshot', () => writeSnapshot(Date.now));
