import * as v from 'valibot';
import { type Clock, toSeconds } from '../clock.ts';
import { readAccount } from '../table/accounts.ts';
import { type Activity, applyActivity } from '../table/countedEvents.ts';

/** What each kind of event does to the counts of the user that it names. */
const EFFECTS = {
  PostCreated: { count: 'posts_count', difference: 1 },
  PostDeleted: { count: 'posts_count', difference: -1 },
  PostLiked: { count: 'likes_received', difference: 1 },
  PostUnliked: { count: 'likes_received', difference: -1 },
  CommentAdded: { count: 'comments_received', difference: 1 },
  CommentRemoved: { count: 'comments_received', difference: -1 },
} as const satisfies Record<string, Pick<Activity, 'count' | 'difference'>>;

type Kind = keyof typeof EFFECTS;

/**
 * How long an event is remembered: longer than it can take to come again, which is a day of EventBridge's retries
 * and two weeks in the dead-letter queue.
 */
const MEMORY_SECONDS = 30 * 24 * 60 * 60;

const shortText = v.pipe(v.string(), v.nonEmpty(), v.maxLength(255));

/**
 * An event as EventBridge delivers it: `username` is whose count changes, in any case; `event_id` is the producer's own
 * name for the event, so that one that it sends twice, because the first answer was lost, is one event.
 */
const ActivityEvent = v.object({
  id: shortText,
  source: v.literal('careers.posts'),
  'detail-type': v.picklist(Object.keys(EFFECTS) as Kind[]),
  detail: v.object({ username: shortText, event_id: v.optional(shortText) }),
});

/** An event cannot be counted: it is malformed, or nobody has the name. Says what is wrong, quoting no value. */
class ActivityRefused extends Error {
  override readonly name = 'ActivityRefused';
}

/**
 * Counts an event of the posts service, once however often it is delivered, or sent under the same `event_id`:
 * `repeated` after the first time. Events may come in any order. Throws {@link ActivityRefused}, or `unavailable` when the table cannot take it now.
 */
export async function recordActivity(delivered: unknown, clock: Clock): Promise<'applied' | 'repeated'> {
  const event = parseEvent(delivered);
  const { username, event_id = event.id } = event.detail;
  await requireUser(username);
  const activity = { event_id, username, ...EFFECTS[event['detail-type']] };
  return applyActivity(activity, toSeconds(clock()) + MEMORY_SECONDS);
}

function parseEvent(delivered: unknown): v.InferOutput<typeof ActivityEvent> {
  const result = v.safeParse(ActivityEvent, delivered);
  if (result.success) return result.output;
  const places = result.issues.map((issue) => v.getDotPath(issue) ?? 'the event itself');
  throw new ActivityRefused(`The event is malformed at: ${places.join(', ')}.`);
}

/**
 * A read, and not a condition of the write: a condition on the one item that proves the account would make all
 * events of a user conflict, and cost two write units where this costs half a read unit.
 */
async function requireUser(username: string): Promise<void> {
  const found = (await readAccount(username)) ?? (await readAccount(username, { consistent: true }));
  if (!found) throw new ActivityRefused('Nobody has the name that the event gives.');
}
