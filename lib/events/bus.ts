import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { config } from '../config.ts';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { retrying } from '../table/retry.ts';
import { SOURCE } from './events.ts';
import type { Event } from './translation.ts';

const client = new EventBridgeClient({
  ...(config.EVENTBRIDGE_ENDPOINT ? { endpoint: config.EVENTBRIDGE_ENDPOINT } : {}),
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
});

/** Most events that one call takes. It takes 256 kB too, which so many of ours, of a kilobyte at most, never reach. */
export const BATCH_LIMIT = 10;

/** How EventBridge names the refusal of an event that another try may not meet. */
const TRANSIENT = /^(Internal|Throttling|ServiceUnavailable|RequestLimit)/;

/**
 * Publishes events in one call, at most {@link BATCH_LIMIT}, and again, with jitter, those that were refused for the
 * moment. Returns those that EventBridge will not take. Throws `unavailable` when it cannot be reached, or the tries
 * or the time of the function are spent; how many of the events are out is not known then.
 */
export function putEvents<E extends Event>(events: readonly E[]): Promise<{ event: E; reason: string }[]> {
  const refused: { event: E; reason: string }[] = [];
  let missing = events;
  return retrying(async () => {
    const codes = await put(missing);
    refused.push(
      ...missing.flatMap((event, n) => {
        const reason = codes[n];
        return reason && !TRANSIENT.test(reason) ? [{ event, reason }] : [];
      }),
    );
    missing = missing.filter((_, n) => TRANSIENT.test(codes[n] ?? ''));
    return missing.length > 0 ? { again: new Error('EventBridge left events out.') } : { value: refused };
  });
}

/** Why each of the events was refused; `undefined` for those that were taken. */
async function put(events: readonly Event[]): Promise<(string | undefined)[]> {
  const Entries = events.map(({ type, detail }) => ({
    ...(config.EVENT_BUS && { EventBusName: config.EVENT_BUS }),
    Source: SOURCE,
    DetailType: type,
    Detail: JSON.stringify(detail),
    Time: new Date(detail.occurred_at),
  }));
  const answer = await client.send(new PutEventsCommand({ Entries }), deadline()).catch(translateFailure);
  return events.map((_, n) => answer.Entries?.[n]?.ErrorCode);
}
