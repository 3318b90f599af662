import { log } from '../log.ts';
import { counting } from '../metrics.ts';
import { type Change, readFeed } from '../table/cards.ts';
import { type Position, type Reach, type ReadFeed, reachOf, readChanges } from './feed.ts';

/**
 * The read units that the changes may cost one request: so many, and one more for each second since the last one, so
 * that an instance that was idle catches up at once while a crowd cannot make every request dear. At the most some 2 MB,
 * which take a second of processor time if all of them are maximal and new.
 */
const EACH = 12;
const A_SECOND = 1;
const MOST = 256;

/** What the first reading may cost: some 200,000 ordinary cards. */
const FIRST = 8000;

const SECOND = 1000;

/** How often it is told that an instance is behind. */
const REPORT = 60 * SECOND;

/** Follows the feed from a position on, for as long as an instance lives. */
export class Follower {
  readonly #read: ReadFeed;
  #reach: Reach[];
  /** When it was read last (ms), unless it was not yet. */
  #read_at: number | undefined;
  #turn = 0;
  #reported_at = Number.NEGATIVE_INFINITY;

  constructor(position: Position, read: ReadFeed = readFeed) {
    this.#reach = reachOf(position);
    this.#read = read;
  }

  /**
   * What has changed since the last reading, and some of what was known before; where a crowd changes more than one
   * request may read, most of it. A reading that fails is as if it had not been.
   */
  async read(now: number): Promise<{ changes: Change[]; is_behind: boolean }> {
    const changes: Change[] = [];
    const { reach, is_behind } = await readChanges(this.#reach, now, (page) => changes.push(...page), {
      read: this.#read,
      read_units: this.#read_at === undefined ? FIRST : allowance(now - this.#read_at),
      turn: this.#turn++,
    });
    this.#reach = this.#reach.map((before, shard) => further(before, reach[shard]));
    this.#read_at = Math.max(this.#read_at ?? now, now);
    if (is_behind) this.#reportBehind(now, changes.length);
    return { changes, is_behind };
  }

  #reportBehind(now: number, cards: number): void {
    if (now - this.#reported_at < REPORT) return;
    this.#reported_at = now;
    log.warn('directory_behind', {
      cards,
      behind_ms: now - Math.min(...this.#reach.map(({ head }) => head)),
      ...counting('DirectoriesBehind'),
    });
  }
}

/** The read units that the changes may cost a request that comes so many milliseconds after the last one. */
export const allowance = (pause: number) => Math.min(MOST, EACH + (A_SECOND * Math.max(0, pause)) / SECOND);

/** Of two requests that read at once, the one that came further counts. */
export const further = (before: Reach, { settled, head, weight }: Reach = before): Reach => ({
  settled: Math.max(before.settled, settled),
  head: Math.max(before.head, head),
  weight,
});
