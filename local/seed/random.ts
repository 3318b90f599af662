/** A source of numbers from 0 up to, not including, 1. */
export type Random = () => number;

/** Numbers that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from 0 up to, not including, `end`. */
export const below = (random: Random, end: number) => Math.floor(random() * end);

/** One of these. */
export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[below(random, choices.length)];
  if (choice === undefined) throw new RangeError('There is nothing to choose from.');
  return choice;
}

/** The entries in another order. */
export function shuffled<T>(random: Random, entries: readonly T[]): T[] {
  return entries
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
