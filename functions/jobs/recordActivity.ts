import { recordActivity } from '../../lib/activity/activity.ts';
import { job } from '../../lib/job.ts';

/** Counts one event of the posts service. */
export const handler = job('activity', async (event: unknown) => ({
  outcome: await recordActivity(event, Date.now),
}));
