import { ApiError } from '../problems.ts';
import { pseudonym } from '../pseudonym.ts';
import { sourceOf } from '../sources.ts';
import { type Limit, takeFromQuota } from '../table/quotas.ts';

/**
 * Counts an attempt of a kind for its source, by its address and, for IPv6, by its network; throws `throttled` when that
 * has made as many as the limits allow at `now` (ms).
 */
export async function refuseCrowds(
  kind: string,
  source_ip: string,
  limits: readonly Limit[],
  now: number,
): Promise<void> {
  const sources = Object.entries(sourceOf(source_ip));
  const waits = await Promise.all(
    sources.map(([scope, value]) => takeFromQuota(kind, pseudonym(scope, value), limits, now)),
  );
  const wait = Math.max(0, ...waits.map((seconds = 0) => seconds));
  if (wait > 0) throw new ApiError('throttled', { retry_after: wait });
}
