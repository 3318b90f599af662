import { type Card, feedCount, readFeed } from '../table/cards.ts';

/**
 * How far back each reading looks again, in milliseconds: longer than any request may run, so that a change that was
 * stamped early and written late is not missed.
 */
const OVERLAP = 30_000;

/**
 * When a change is surely in the index, in milliseconds after its stamp: far longer than an index ever lags. What is
 * older than this at one reading need not be read again, so a burst of changes is paid for only that long.
 */
const SETTLED = 15 * 60_000;

/** For each shard of the feed, a time (ms): every change stamped earlier has been read. */
export type Position = readonly number[];

/** Where nothing has been read. */
export const START: Position = Array<number>(feedCount).fill(0);

/** Reads a shard of the feed; tests put faults in between. */
export type ReadFeed = typeof readFeed;

/**
 * Reads what changed since `from`, all shards in parallel, and hands it to `take` page by page. Returns the position
 * for the next reading. `now` is the time before the reading. No stamp moves the position past it: a clock that runs
 * ahead hides nobody else's changes.
 */
export function readChanges(
  from: Position,
  now: number,
  take: (cards: Card[]) => void,
  read: ReadFeed = readFeed,
): Promise<Position> {
  return Promise.all(
    from.map(async (since, shard) => {
      let newest = 0;
      for await (const cards of read(shard, since)) {
        take(cards);
        newest = cards.reduce((latest, { updated_at }) => Math.max(latest, updated_at), newest);
      }
      return Math.max(since, Math.min(newest, now) - OVERLAP, now - SETTLED);
    }),
  );
}
