/** A source of numbers from 0 up to 1 that gives the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the entries. */
export function pick<T>(entries: readonly T[], random: () => number): T {
  const entry = entries[Math.floor(random() * entries.length)];
  if (entry === undefined) throw new RangeError('There is nothing to pick from.');
  return entry;
}

/** The entries in another order. */
export function shuffled<T>(entries: readonly T[], random: () => number): T[] {
  return entries
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
