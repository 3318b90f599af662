import type { Bits } from './bits.ts';

/** How many bytes are kept at most, unless said. */
const CAPACITY = 32_000_000;

/** What an entry takes besides its key and its set, in bytes, generously. */
const ENTRY = 100;

/** What was found lately, by what was asked; the least recently used go first. A segment never changes, nor do they. */
export class RecentSets {
  readonly #sets = new Map<string, Bits>();
  readonly #capacity: number;
  #bytes = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** What is kept takes, in bytes: keys count, for what finds nothing is remembered too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many sets are kept. */
  get size(): number {
    return this.#sets.size;
  }

  /** The set that was kept under `key`, else what `find` finds now. */
  get(key: string, find: () => Bits): Bits {
    const set = this.#take(key) ?? find();
    this.#bytes += sizeOf(key, set);
    this.#sets.set(key, set);
    for (const oldest of this.#sets.keys()) {
      if (this.#bytes <= this.#capacity || oldest === key) break;
      this.#take(oldest);
    }
    return set;
  }

  #take(key: string): Bits | undefined {
    const set = this.#sets.get(key);
    if (set && this.#sets.delete(key)) this.#bytes -= sizeOf(key, set);
    return set;
  }
}

const sizeOf = (key: string, set: Bits) => key.length * 2 + ENTRY + set.byteLength;
