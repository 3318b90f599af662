import type { Counts } from './counters.ts';
import { activityStripeKey, eventKey } from './keys.ts';
import { IS_NEW, transact } from './write.ts';

/** Counts that change by what users do elsewhere. */
type ActivityCount = Extract<keyof Counts, 'posts_count' | 'likes_received' | 'comments_received'>;

/** One event and what it does to a count of a user. */
export interface Activity {
  event_id: string;
  username: string;
  count: ActivityCount;
  difference: 1 | -1;
}

/**
 * Moves the count and notes the event, both or neither: `repeated` when the event was applied before. The note stays
 * until `expires_at` (seconds). Stripes are told apart by event, so that a burst on one user does not queue up at one
 * item; a stripe may go below zero, only the sum of all has a meaning. The account must exist: see to that first.
 */
export async function applyActivity(
  { event_id, username, count, difference }: Activity,
  expires_at: number,
): Promise<'applied' | 'repeated'> {
  const { done } = await transact({
    event: { Put: { Item: { ...eventKey(event_id), expires_at }, ConditionExpression: IS_NEW } },
    count: {
      Update: {
        Key: activityStripeKey(username, event_id),
        UpdateExpression: 'ADD #count :difference',
        ExpressionAttributeNames: { '#count': count },
        ExpressionAttributeValues: { ':difference': difference },
      },
    },
  });
  return done ? 'applied' : 'repeated';
}
