/** Units of DynamoDB. */
export interface Units {
  read: number;
  write: number;
}

/** What one partition serves in a second, as AWS publishes it. */
export const PARTITION: Units = { read: 3000, write: 1000 };

/**
 * AWS says that a partition under heat is split, not when. Assumed: after so many minutes in a row in each of which it
 * refused something.
 */
const SPLIT_AFTER = 5;

const MINUTE = 60;

/** What has happened to a place. */
export interface Record {
  /** The most units that it was asked for in a second. */
  peak: Units;
  /** That, as a share of what it served at most; above 1 something was refused. */
  load: number;
  /** The second of the day in which it refused something first. */
  refused_at: number | undefined;
  /** The part of all units that it refused. */
  refused: number;
  partitions: number;
}

/**
 * Keys that lie together, or in partitions that share their load evenly. Splitting helps up to `widest` partitions: an
 * item is never divided, and of keys in the order of time only the last is written.
 */
export class Place {
  readonly #widest: number;
  #partitions: number;
  #peak: Units = { read: 0, write: 0 };
  #load = 0;
  #refused_at: number | undefined;
  #asked = 0;
  #refused = 0;
  #second = 0;
  #refuses_this_minute = false;
  #minutes_of_heat = 0;

  constructor(partitions: number, widest: number) {
    this.#partitions = partitions;
    this.#widest = widest;
  }

  /** One second of the day, in which it is asked for that much. */
  serve(asked: Units): void {
    const load = Math.max(
      asked.read / (PARTITION.read * this.#partitions),
      asked.write / (PARTITION.write * this.#partitions),
    );
    this.#peak = {
      read: Math.max(this.#peak.read, asked.read),
      write: Math.max(this.#peak.write, asked.write),
    };
    this.#load = Math.max(this.#load, load);
    this.#asked += asked.read + asked.write;
    if (load > 1) {
      this.#refused_at ??= this.#second;
      this.#refused += excess(asked.read, PARTITION.read * this.#partitions);
      this.#refused += excess(asked.write, PARTITION.write * this.#partitions);
      this.#refuses_this_minute = true;
    }
    if (++this.#second % MINUTE === 0) this.#endMinute();
  }

  get record(): Record {
    return {
      peak: this.#peak,
      load: this.#load,
      refused_at: this.#refused_at,
      refused: this.#asked === 0 ? 0 : this.#refused / this.#asked,
      partitions: this.#partitions,
    };
  }

  #endMinute(): void {
    this.#minutes_of_heat = this.#refuses_this_minute ? this.#minutes_of_heat + 1 : 0;
    this.#refuses_this_minute = false;
    if (this.#minutes_of_heat < SPLIT_AFTER) return;
    this.#minutes_of_heat = 0;
    this.#partitions = Math.min(this.#widest, this.#partitions * 2);
  }
}

const excess = (asked: number, served: number) => Math.max(0, asked - served);
