import { LONGEST_WRITE } from '../deadline.ts';
import { log } from '../log.ts';
import { counting } from '../metrics.ts';
import { type Change, feedCount, readFeed } from '../table/cards.ts';

/**
 * How far back each reading looks again, in milliseconds. A change is stamped before it is written, and the index takes
 * some milliseconds more.
 */
const OVERLAP = LONGEST_WRITE + 1000;

/**
 * When a change is surely in the index, in milliseconds after its stamp: far longer than an index ever lags. What is
 * older than this at one reading need not be read again, so a burst of changes is paid for only that long.
 */
export const SETTLED = 15 * 60_000;

/** How far a shard of the feed has been read. */
export interface Reach {
  /** Every change stamped earlier has been read (ms). */
  settled: number;
  /** Every change stamped earlier was read (ms), but for those that came late. */
  head: number;
  /** What it would cost to read again from `settled` to `head`, in read units, about. */
  weight: number;
}

/** How far each shard has been read, for somebody who starts there. */
export type Position = readonly number[];

/** Where nothing has been read. */
export const START: Position = Array<number>(feedCount).fill(0);

export const reachOf = (position: Position): Reach[] =>
  position.map((settled) => ({ settled, head: settled, weight: 0 }));

/** Reads a shard of the feed; tests put faults in between. */
export type ReadFeed = typeof readFeed;

interface Options {
  read?: ReadFeed | undefined;
  /** How many read units it may cost, about; any number unless said. */
  read_units?: number;
  /** Counts readings: in a crowd, every second one reads a shard once more. */
  turn?: number;
}

/** What a reading came to. */
export interface Reading {
  reach: Reach[];
  /** Some changes were left for the next reading. */
  is_behind: boolean;
  /** How many items were no cards. */
  damaged: number;
}

/**
 * Reads what changed since `from`, all shards in parallel, and hands it to `take` page by page; tells how far it came.
 * `now` is the time before the reading. No stamp moves the reach past it: a clock that runs ahead hides nobody else's
 * changes.
 *
 * With few changes, each reading begins {@link OVERLAP} before the newest that was seen, so that no late one is missed.
 * Where that costs too much, it reads in two places: on from the newest, and, a part at a time, once more what has
 * meanwhile settled. So a crowd is paid for about twice, however many requests there are; a late change is seen some
 * seconds late, and none is missed.
 */
export async function readChanges(
  from: readonly Reach[],
  now: number,
  take: (changes: Change[]) => void,
  { read = readFeed, read_units = Number.POSITIVE_INFINITY, turn = 0 }: Options = {},
): Promise<Reading> {
  let damaged = 0;
  const shards = await Promise.all(from.map((reach, shard) => readShard(shard, reach)));
  return {
    reach: shards.map(({ reach }) => reach),
    is_behind: shards.some(({ is_behind }) => is_behind),
    damaged,
  };

  async function readShard(shard: number, { settled, head, weight }: Reach) {
    const share = read_units / from.length;
    const is_crowded = weight > share / 2;
    const [again, on] = await Promise.all(
      is_crowded
        ? [
            (shard + turn) % 2 === 0 ? readFrom(shard, settled, share / 2) : undefined,
            readFrom(shard, head, share / 2),
          ]
        : [readFrom(shard, settled, share)],
    );
    const reached = Math.max(head, again?.read_to ?? 0, on?.read_to ?? 0);
    const settling = Math.min(reached, now) - OVERLAP;
    const reach = { settled, head: Math.max(settled, Math.min(reached, now)), weight };
    if (again?.is_whole) {
      reach.settled = Math.max(settled, settling, now - SETTLED);
      reach.weight = weightFrom(again, reach.settled);
    } else if (again) {
      reach.settled = Math.max(settled, Math.min(again.read_to, settling));
      reach.weight = Math.max(weight, share);
    }
    return { reach, is_behind: !again?.is_whole && !on?.is_whole };
  }

  async function readFrom(shard: number, since: number, most: number): Promise<Run> {
    const run: Run = { read_to: since, spent: 0, stamps: [], is_whole: true };
    for await (const page of read(shard, since, pageSize(most))) {
      take(page.changes);
      damaged += page.damaged.length;
      page.damaged.forEach(reportDamage);
      weigh(page.read_units, page.changes.length + page.damaged.length);
      run.read_to = Math.max(run.read_to, page.read_to ?? 0);
      run.spent += page.read_units;
      for (const { updated_at } of page.changes) run.stamps.push(updated_at);
      // Where the time has not moved on, the next reading would begin with the same cards.
      const is_enough = run.spent + page.read_units > most && run.read_to > since;
      if (is_enough && !page.is_last) return { ...run, is_whole: false };
    }
    return run;
  }
}

/** What one shard was read from one place on. */
interface Run {
  read_to: number;
  /** Read units. */
  spent: number;
  /** When the cards changed. */
  stamps: number[];
  /** It was read to the end. */
  is_whole: boolean;
}

/** What a part of it would cost again: that from `time` on. */
function weightFrom({ spent, stamps }: Run, time: number): number {
  const again = stamps.filter((stamp) => stamp >= time).length;
  return again === 0 ? 0 : (spent * again) / stamps.length;
}

/** What a card costs at least, for the size of a page: then twenty are read with one query. */
const LIGHTEST = 0.1;

/** What cards have cost to read lately; maximal ones cost 0.7. */
let units_a_card = LIGHTEST;

const pageSize = (read_units: number) => Math.max(2, Math.floor(read_units / units_a_card));

/** Heavy cards are remembered for some pages, so that a crowd does not come as a surprise each time. */
function weigh(read_units: number, cards: number): void {
  if (cards === 0) return;
  // The last half unit may be for a few bytes.
  const found = (read_units - 0.5) / cards;
  units_a_card = Math.max(LIGHTEST, found, units_a_card * 0.97);
}

const MOST_REPORTED = 1000;
const reported = new Set<number>();

function reportDamage(id: number): void {
  if (reported.has(id) || reported.size >= MOST_REPORTED) return;
  reported.add(id);
  log.error('card_damaged', { id, ...counting('DamagedCards') });
}
