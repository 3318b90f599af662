import { publishEvents } from '../../lib/events/publish.ts';
import { job } from '../../lib/job.ts';

/** Tells other services what happened. Lambda delivers the stream again from what could not be told. */
export const handler = job('events', publishEvents, ({ failed_from }) => ({
  batchItemFailures: failed_from === undefined ? [] : [{ itemIdentifier: failed_from }],
}));
