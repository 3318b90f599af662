import { publishEvents } from '../../lib/events/publish.ts';
import { job } from '../../lib/job.ts';
import { failuresFrom } from '../../lib/table/changes.ts';

/** Tells other services what happened. Lambda delivers the stream again from what could not be told. */
export const handler = job('events', publishEvents, failuresFrom);
