import { FIELDS, SEPARATOR, type Wanted } from '../rows.ts';
import { type Bits, clearBit } from './bits.ts';
import type { SectionReader } from './file.ts';

/** How many texts are read, kept and given up together; a multiple of the 32 bits of a word. */
const PAGE = 1024;

const SEPARATOR_BYTE = SEPARATOR.charCodeAt(0);

/** Part of the text of a card that must be there: anywhere, or in one field. */
interface Needle {
  bytes: Buffer;
  field: number | undefined;
  /** Where in the page it was found last; it is nowhere between there and the texts that were looked at. */
  found_at: number;
}

/** The texts of a segment. What was read lately stays in memory, as far as there is room. */
export class Texts {
  readonly #file: SectionReader;
  readonly #ends: Uint32Array;
  readonly #capacity: number;
  readonly #pages = new Map<number, Buffer>();
  #bytes = 0;

  /** `capacity`: how many bytes may stay in memory. */
  constructor(file: SectionReader, ends: Uint32Array, capacity: number) {
    this.#file = file;
    this.#ends = ends;
    this.#capacity = capacity;
  }

  /** The text of one card. */
  read(document: number): string {
    return Buffer.from(this.#file.read('texts', this.#ends[document], this.#ends[document + 1])).toString();
  }

  /** Takes out of the set whose text is not what is wanted. */
  keepWanted(documents: Bits, { terms, filters }: Wanted): void {
    const needles = [
      ...filters.map(({ field, part }) => needle(part, FIELDS[field])),
      ...terms.map((term) => needle(term)),
    ];
    for (let first = 0; first < this.#ends.length - 1; first += PAGE) {
      const words = documents.subarray(first / 32, (first + PAGE) / 32);
      if (words.some((word) => word !== 0)) this.#keepOnPage(documents, first, words, needles);
    }
  }

  #keepOnPage(documents: Bits, first: number, words: Bits, needles: Needle[]): void {
    const page = this.#page(first);
    const start = this.#ends[first] as number;
    for (const one of needles) one.found_at = -1;
    for (let n = 0; n < words.length * 32; n++) {
      if (((words[n >>> 5] as number) & (1 << (n & 31))) === 0) continue;
      const document = first + n;
      const from = (this.#ends[document] as number) - start;
      const to = (this.#ends[document + 1] as number) - start;
      if (!needles.every((one) => isIn(page, one, from, to))) clearBit(documents, document);
    }
  }

  #page(first: number): Buffer {
    const kept = this.#pages.get(first);
    if (kept) {
      // The last of a map was used last.
      this.#pages.delete(first);
      this.#pages.set(first, kept);
      return kept;
    }
    const last = Math.min(first + PAGE, this.#ends.length - 1);
    const page = Buffer.from(this.#file.read('texts', this.#ends[first], this.#ends[last]).buffer);
    this.#pages.set(first, page);
    this.#bytes += page.length;
    for (const [oldest, { length }] of this.#pages) {
      if (this.#bytes <= this.#capacity) break;
      this.#pages.delete(oldest);
      this.#bytes -= length;
    }
    return page;
  }
}

const needle = (part: string, field?: number): Needle => ({
  ...{ bytes: Buffer.from(part), field, found_at: -1 },
});

function isIn(page: Buffer, one: Needle, from: number, to: number): boolean {
  if (one.field === undefined) return isBetween(page, one, from, to);
  let start = from;
  for (let n = 0; n < one.field; n++) start = page.indexOf(SEPARATOR_BYTE, start) + 1;
  return isBetween(page, one, start, page.indexOf(SEPARATOR_BYTE, start));
}

/** Looks no place over twice: what was found further on tells of all texts before it. */
function isBetween(page: Buffer, one: Needle, from: number, to: number): boolean {
  if (from > one.found_at) {
    const found = page.indexOf(one.bytes, from);
    one.found_at = found < 0 ? page.length : found;
  }
  return one.found_at + one.bytes.length <= to;
}
