import { writeSnapshot } from '../../lib/directory/writer.ts';
import { log } from '../../lib/log.ts';
import { metered } from '../../lib/table/meter.ts';

/** Runs on a schedule, so that no request waits for it. */
export const handler = () =>
  metered(async (consumption) => {
    const start = performance.now();
    const written = await writeSnapshot(Date.now);
    const { trips, read_units, write_units } = consumption;
    const duration_ms = Math.round(performance.now() - start);
    log.info('snapshot', { ...written, duration_ms, trips, read_units, write_units });
  });
