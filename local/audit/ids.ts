/** Ids of one page, a bit for each. */
const PAGE = 2 ** 16;

/**
 * A set of ids, in little more than a bit for each where they come close together, as those of a sequence do. It can be
 * kept as JSON.
 */
export class IdSet {
  readonly #pages: Map<number, Uint8Array>;

  /** `saved` is what JSON has kept of one. */
  constructor(saved: Record<string, string> = {}) {
    const pages = Object.entries(saved).map(([page, bits]) => [
      Number(page),
      Uint8Array.from(Buffer.from(bits, 'base64')),
    ]);
    this.#pages = new Map(pages as [number, Uint8Array][]);
  }

  /** Adds an id: `false` when it was there before. */
  add(id: number): boolean {
    const number = Math.floor(id / PAGE);
    const page = this.#pages.get(number) ?? new Uint8Array(PAGE / 8);
    this.#pages.set(number, page);
    const place = (id % PAGE) >> 3;
    const bit = 1 << (id % 8);
    const bits = page[place] ?? 0;
    page[place] = bits | bit;
    return (bits & bit) === 0;
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(
      [...this.#pages].map(([page, bits]) => [page, Buffer.from(bits).toString('base64')]),
    );
  }
}
