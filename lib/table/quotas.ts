import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { quotaKey } from './keys.ts';
import { retrying } from './retry.ts';
import type { RawItem } from './send.ts';
import { updateItem } from './write.ts';

/** How often something may happen in a time. */
export interface Limit {
  times: number;
  /** Seconds; the time begins with the first time after the last one ended. */
  within: number;
}

export const UNLIMITED: Limit = { times: Number.POSITIVE_INFINITY, within: 0 };

/** One window for each limit, by its length. */
const Windows = v.record(v.string(), v.object({ count: v.number(), ends_at: v.number() }));
export const QuotaItem = v.object({ windows: Windows });

/**
 * Takes one of what `name` may do of a kind, at `now` (ms). Answers the seconds until it may do it again when a limit is
 * reached, and nothing is taken then; else `undefined`. Exact under any number at once. Costs one write unit, and one
 * more when a window begins. Limits without an end cost nothing.
 */
export async function takeFromQuota(
  kind: string,
  name: string,
  limits: readonly Limit[],
  now: number,
): Promise<number | undefined> {
  const finite = limits.filter(({ times }) => times < Number.POSITIVE_INFINITY);
  if (finite.length === 0) return undefined;
  const Key = quotaKey(kind, name);
  const seconds = toSeconds(now);
  return retrying(async () => {
    const counted = await updateItem({ Key, ...countOneMore(finite, seconds) });
    if (counted.done) return { value: undefined };
    const windows = counted.item ? parseItem(QuotaItem, 'quota', counted.item).windows : {};
    const waits = finite.map(({ times, within }) => {
      const { count = 0, ends_at = 0 } = windows[within] ?? {};
      return count >= times ? ends_at - seconds : 0;
    });
    const wait = Math.max(...waits);
    if (wait > 0) return { value: wait };
    const started = await updateItem({ Key, ...startWindows(finite, windows, counted.item, seconds) });
    return started.done ? { value: undefined } : { again: new Error('Another window began in between.') };
  });
}

/** Adds one to every window, provided that all of them run and none is full. */
function countOneMore(limits: readonly Limit[], now: number) {
  const each = (write: (within: number) => string) => limits.map(({ within }) => write(within));
  return {
    UpdateExpression: `SET ${each((n) => `windows.#${n}.#count = windows.#${n}.#count + :one`).join(', ')}`,
    ConditionExpression: each(
      (n) => `windows.#${n}.ends_at > :now AND windows.#${n}.#count < :most_${n}`,
    ).join(' AND '),
    ExpressionAttributeNames: {
      '#count': 'count',
      ...Object.fromEntries(limits.map(({ within }) => [`#${within}`, String(within)])),
    },
    ExpressionAttributeValues: {
      ':one': 1,
      ':now': now,
      ...Object.fromEntries(limits.map(({ within, times }) => [`:most_${within}`, times])),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** Writes the windows as they are after one more, the ones that are over anew, onto the item as it was found. */
function startWindows(
  limits: readonly Limit[],
  found: v.InferOutput<typeof Windows>,
  item: RawItem | undefined,
  now: number,
) {
  const windows = Object.fromEntries(
    limits.map(({ within }) => {
      const { count, ends_at } = found[within] ?? { count: 0, ends_at: 0 };
      return [within, ends_at > now ? { count: count + 1, ends_at } : { count: 1, ends_at: now + within }];
    }),
  );
  const expires_at = Math.max(...Object.values(windows).map(({ ends_at }) => ends_at));
  return {
    UpdateExpression: 'SET windows = :windows, expires_at = :expiry',
    ConditionExpression: item ? 'windows = :found' : 'attribute_not_exists(PK)',
    ExpressionAttributeValues: {
      ':windows': windows,
      ':expiry': expires_at,
      ...(item && { ':found': item.windows }),
    },
  };
}
