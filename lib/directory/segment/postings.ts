import { type Bits, noBits, setBit } from './bits.ts';

/** How many bytes of a list there is room for at first. */
const SMALLEST = 8;

/**
 * A growing set of documents, which come in ascending order: what lies between one and the next, in groups of seven
 * bits, or one bit a document where that is shorter.
 */
export class Posting {
  readonly #documents: number;
  #bytes = new Uint8Array(SMALLEST);
  #length = 0;
  #next = 0;
  #bits: Bits | undefined;

  /** `documents`: how many there are in all. */
  constructor(documents: number) {
    this.#documents = documents;
  }

  /** The set as {@link readPosting} reads it. */
  get bytes(): Uint8Array {
    return this.#bits ? new Uint8Array(this.#bits.buffer) : this.#bytes.subarray(0, this.#length);
  }

  /** Adds a document, unless it was added last. */
  add(document: number): void {
    if (document < this.#next) return;
    if (this.#bits) setBit(this.#bits, document);
    else this.#append(document - this.#next);
    this.#next = document + 1;
  }

  #append(gap: number): void {
    let left = gap;
    for (; left > 0x7f; left >>>= 7) this.#push((left & 0x7f) | 0x80);
    this.#push(left);
    if (this.#length < bytesOf(this.#documents)) return;
    this.#bits = readPosting(this.#bytes.subarray(0, this.#length), this.#documents, true);
    this.#bytes = new Uint8Array(0);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** What a set takes that has a bit for each document. */
const bytesOf = (documents: number) => Math.ceil(documents / 32) * 4;

/** The documents of a set that {@link Posting} made. Those that are as long as bits are bits, unless they are a list. */
export function readPosting(
  bytes: Uint8Array<ArrayBuffer>,
  documents: number,
  is_list = bytes.length < bytesOf(documents),
): Bits {
  if (!is_list) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const bits = noBits(documents);
  let next = 0;
  for (let at = 0; at < bytes.length; at++) {
    let gap = 0;
    let shift = 0;
    for (; (bytes[at] as number) > 0x7f; shift += 7) gap |= ((bytes[at++] as number) & 0x7f) << shift;
    next += gap | ((bytes[at] as number) << shift);
    setBit(bits, next++);
  }
  return bits;
}
