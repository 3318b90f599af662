import { writeSnapshot } from '../../lib/directory/snapshot/writer.ts';
import { job } from '../../lib/job.ts';
import { counting } from '../../lib/metrics.ts';

/** The snapshot is then younger than a day, or the directory is too small to need one. */
const SOUND = ['written', 'not_due'];

/** Runs on a schedule, so that no request waits for it. */
export const handler = job('snapshot', async () => {
  const written = await writeSnapshot(Date.now);
  return { ...written, ...(SOUND.includes(written.outcome) && counting('SoundSnapshots')) };
});
