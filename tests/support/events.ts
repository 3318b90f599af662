import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { inParallel } from '../../local/pool.ts';
import { transport } from './api.ts';

/** An event of the posts service as EventBridge delivers it. */
export interface PostsEvent {
  id: string;
  source: string;
  'detail-type': string;
  detail: { username: string; event_id?: string };
}

/** An event with an id of its own. */
export const postsEvent = (kind: string, username: string): PostsEvent => ({
  id: randomUUID(),
  source: 'careers.posts',
  'detail-type': kind,
  detail: { username },
});

/** Invokes `recordActivity` as Lambda does, over HTTP as serverless-offline offers it. Throws what the function throws. */
export async function deliver(event: unknown): Promise<void> {
  if (transport === 'handlers') {
    // The one that there is now: some tests start instances anew.
    const { handler } = await import('../../functions/jobs/recordActivity.ts');
    return handler(event, { getRemainingTimeInMillis: () => 60_000 });
  }
  const url = `${inject('lambda')}recordActivity/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
  const answer = await response.text();
  if (response.headers.has('X-Amz-Function-Error')) throw new Error(JSON.parse(answer).errorMessage);
  if (!response.ok) throw new Error(`The invocation answered ${response.status}: ${answer}`);
}

/** Delivers all events, `width` at a time, as Lambda does with a queue of them. */
export async function deliverAll(events: readonly PostsEvent[], width = 8): Promise<void> {
  await inParallel(events, width, deliver);
}
