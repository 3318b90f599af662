import { config } from '../config.ts';
import { deadLetters } from '../deadLetters.ts';
import { log, nameOf } from '../log.ts';
import { ApiError } from '../problems.ts';
import { type Change, changeIn, type StreamBatch } from '../table/changes.ts';
import { DamagedItem } from '../table/items.ts';
import { BATCH_LIMIT, putEvents } from './bus.ts';
import { type Event, translate } from './translation.ts';

const setAside = deadLetters(config.EVENT_DEAD_LETTERS, 'event_refused');

/** What became of a batch of the stream. */
interface Published {
  /** How many events are out. */
  published: number;
  /** How many changes or events never will be, and are noted instead. */
  set_aside: number;
  /** Sequence number of the first change whose events may not all be out: the bus does not take them now. */
  failed_from?: string;
}

interface Waiting extends Event {
  change: Change;
}

/**
 * Tells of the changes in a batch of the stream, each user's in their order: an event goes out once those before it
 * are out. What cannot be told at all is set aside and holds nobody up.
 */
export async function publishEvents({ Records }: StreamBatch): Promise<Published> {
  const outcome = { published: 0, set_aside: 0 };
  let waiting: Waiting[] = [];
  for (const change of Records.map(changeIn)) {
    try {
      waiting.push(...translate(change).map((event) => ({ ...event, change })));
    } catch (error) {
      await setAside(change, { reason: error instanceof DamagedItem ? error.message : nameOf(error) });
      outcome.set_aside++;
    }
  }
  try {
    while (waiting.length > 0) {
      const next = firstOfEachUser(waiting);
      const refused = await putEvents(next);
      for (const { event, reason } of refused) {
        await setAside(event.change, { reason, event: event.type });
      }
      outcome.published += next.length - refused.length;
      outcome.set_aside += refused.length;
      waiting = waiting.filter((event) => !next.includes(event));
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log.error('events_delayed', { reason: nameOf(error.cause) });
  }
  const [first] = waiting;
  return { ...outcome, ...(first && { failed_from: first.change.sequence }) };
}

/** As many events as go out in one call, in their order and one a user: those in a call may be refused one by one. */
function firstOfEachUser(waiting: readonly Waiting[]): Waiting[] {
  const users = new Map<string, Waiting>();
  for (const event of waiting) {
    const { PK } = event.change.key;
    if (!users.has(PK)) users.set(PK, event);
    if (users.size === BATCH_LIMIT) break;
  }
  return [...users.values()];
}
