/** A set of small numbers, one bit each: of documents, or of places in an order. */
export type Bits = Uint32Array<ArrayBuffer>;

/** The empty set of numbers below `size`. */
export const noBits = (size: number): Bits => new Uint32Array(Math.ceil(size / 32));

/** The set of all numbers below `size`. */
export function allBits(size: number): Bits {
  const bits = noBits(size).fill(0xffffffff);
  if (size % 32 > 0) bits[bits.length - 1] = 2 ** (size % 32) - 1;
  return bits;
}

export function setBit(bits: Bits, n: number): void {
  bits[n >>> 5] = (bits[n >>> 5] as number) | (1 << (n & 31));
}

export function clearBit(bits: Bits, n: number): void {
  bits[n >>> 5] = (bits[n >>> 5] as number) & ~(1 << (n & 31));
}

/** Leaves in `bits` what is in `others` too. */
export function keepCommon(bits: Bits, others: Bits): void {
  for (let n = 0; n < bits.length; n++) bits[n] = (bits[n] as number) & (others[n] as number);
}

/** How many numbers there are. */
export function countBits(bits: Bits): number {
  let count = 0;
  for (let n = 0; n < bits.length; n++) count += countIn(bits[n] as number);
  return count;
}

/** Calls `visit` with each number, in ascending order. */
export function eachBit(bits: Bits, visit: (n: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1) visit(word * 32 + lowestIn(left));
  }
}

/** The numbers from the one with so many before it, `size` of them at the most. */
export function bitsFrom(bits: Bits, start: number, size: number): number[] {
  const found: number[] = [];
  let before = start;
  for (let word = 0; word < bits.length && found.length < size; word++) {
    const count = countIn(bits[word] as number);
    if (before >= count) {
      before -= count;
      continue;
    }
    for (let left = bits[word] as number; left !== 0 && found.length < size; left &= left - 1) {
      if (before-- <= 0) found.push(word * 32 + lowestIn(left));
    }
    before = 0;
  }
  return found;
}

const lowestIn = (word: number) => 31 - Math.clz32(word & -word);

/** Adds up neighbouring bits, then pairs, then fours (Warren, Hacker's Delight, 5-1). */
function countIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
