/** How many ids are kept at most: 8 bytes each, so 32 MB. */
const CAPACITY = 4_000_000;

/** The lists of ids that were found lately, by what was asked; the least recently used go first. */
export class RecentLists {
  readonly #lists = new Map<string, Float64Array>();
  readonly #capacity: number;
  #size = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** The list that was kept under `key`, else what `find` finds now. */
  get(key: string, find: () => Float64Array): Float64Array {
    const list = this.#take(key) ?? find();
    this.#size += list.length;
    this.#lists.set(key, list);
    for (const oldest of this.#lists.keys()) {
      if (this.#size <= this.#capacity || oldest === key) break;
      this.#take(oldest);
    }
    return list;
  }

  /** Forgets all. */
  clear(): void {
    this.#lists.clear();
    this.#size = 0;
  }

  #take(key: string): Float64Array | undefined {
    const list = this.#lists.get(key);
    if (list && this.#lists.delete(key)) this.#size -= list.length;
    return list;
  }
}
