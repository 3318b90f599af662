import { log } from '../../lib/log.ts';
import { recordActivity } from '../../lib/stats/activity.ts';
import { metered } from '../../lib/table/meter.ts';

/**
 * Counts one event of the posts service. What it throws makes Lambda try again, and in the end hand the event, with
 * the error, to the dead-letter queue.
 */
export const handler = (event: unknown): Promise<void> =>
  metered(async (consumption) => {
    const outcome = await recordActivity(event, Date.now);
    const { trips, read_units, write_units } = consumption;
    log.info('activity', { outcome, trips, read_units, write_units });
  });
