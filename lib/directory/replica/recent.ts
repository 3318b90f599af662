/** How many bytes are kept at most, unless said. */
export const CAPACITY = 32_000_000;

/** What an entry takes besides its key and its list, in bytes, generously. */
const ENTRY = 100;

/** The lists of ids that were found lately, by what was asked; the least recently used go first. */
export class RecentLists {
  readonly #lists = new Map<string, Float64Array>();
  readonly #capacity: number;
  #bytes = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** What is kept takes, in bytes: keys count, for what finds nothing is remembered too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many lists are kept. */
  get size(): number {
    return this.#lists.size;
  }

  /** The list that was kept under `key`, else what `find` finds now. */
  get(key: string, find: () => Float64Array): Float64Array {
    const list = this.#take(key) ?? find();
    this.#bytes += sizeOf(key, list);
    this.#lists.set(key, list);
    for (const oldest of this.#lists.keys()) {
      if (this.#bytes <= this.#capacity || oldest === key) break;
      this.#take(oldest);
    }
    return list;
  }

  /** Forgets all. */
  clear(): void {
    this.#lists.clear();
    this.#bytes = 0;
  }

  #take(key: string): Float64Array | undefined {
    const list = this.#lists.get(key);
    if (list && this.#lists.delete(key)) this.#bytes -= sizeOf(key, list);
    return list;
  }
}

const sizeOf = (key: string, list: Float64Array) => key.length * 2 + ENTRY + list.byteLength;
