import { log, nameOf } from '../log.ts';
import { ApiError } from '../problems.ts';
import { type Change, changeIn, type StreamBatch } from '../table/changes.ts';
import { DamagedItem } from '../table/items.ts';
import { BATCH_LIMIT, putEvents } from './bus.ts';
import { type Event, translate } from './translation.ts';

/** What became of a batch of the stream. */
interface Published {
  /** How many events are out. */
  published: number;
  /** Sequence number of the first change whose events are not all out; what comes after it may be out or not. */
  failed_from?: string;
}

interface Waiting extends Event {
  change: Change;
}

/**
 * Tells of the changes in a batch of the stream, each user's in their order: an event goes out once those before it
 * are out. One that cannot be told holds back what the same user did later, and nobody else.
 */
export async function publishEvents({ Records }: StreamBatch): Promise<Published> {
  const failed = new Set<Change>();
  const changes = Records.map(changeIn);
  let waiting = changes.flatMap((change): Waiting[] => {
    if (isHeldBack(change, failed)) return [];
    try {
      return translate(change).map((event) => ({ ...event, change }));
    } catch (error) {
      if (!(error instanceof DamagedItem)) throw error;
      log.error('event_refused', { sequence: change.sequence, reason: error.message });
      failed.add(change);
      return [];
    }
  });

  let published = 0;
  while (waiting.length > 0) {
    const next = firstOfEachUser(waiting);
    try {
      const refused = await putEvents(next);
      for (const { event, reason } of refused) {
        log.error('event_refused', { sequence: event.change.sequence, event: event.type, reason });
        failed.add(event.change);
      }
      published += next.length - refused.length;
      waiting = waiting.filter((event) => !next.includes(event) && !isHeldBack(event.change, failed));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      log.error('events_delayed', { reason: nameOf(error.cause) });
      for (const { change } of waiting) failed.add(change);
      break;
    }
  }
  const first = changes.find((change) => failed.has(change));
  return { published, ...(first && { failed_from: first.sequence }) };
}

/** Whether something that the same user did is not out, and so has to come first. */
const isHeldBack = ({ key }: Change, failed: ReadonlySet<Change>) =>
  [...failed].some((change) => change.key.PK === key.PK);

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
