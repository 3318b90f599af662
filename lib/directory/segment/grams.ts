import { FIELDS, SEPARATOR, type Wanted } from '../rows.ts';

/**
 * How many letters have a number of their own: the most common ones, which all pairs and triples that are indexed
 * consist of. So there are never more than two million of those, whatever people write.
 */
const COMMON = 127;

const BITS = 7;

/** Keys of grams: what kind it is, above the 21 bits of a code point or of three common letters. */
const KIND_BITS = 21;

/** How many keys there are. */
export const KEYS = 7 << KIND_BITS;

/** Kinds of grams: one letter, two, three, by what field they are in. */
const TEXT = { one: 0 << KIND_BITS, two: 1 << KIND_BITS, three: 2 << KIND_BITS };
const FIELD_KINDS = {
  [FIELDS.first_name]: { one: 3 << KIND_BITS, two: 4 << KIND_BITS },
  [FIELDS.last_name]: { one: 5 << KIND_BITS, two: 6 << KIND_BITS },
} as Record<number, { one: number; two: number } | undefined>;

const SEPARATOR_CODE = SEPARATOR.charCodeAt(0);

const UNITS = 2 ** 16;

/** Counts the letters of texts, to find the common ones. */
export class LetterCount {
  readonly #counts = new Uint32Array(UNITS);

  add(text: string): void {
    for (let n = 0; n < text.length; n++) {
      const code = text.charCodeAt(n);
      this.#counts[code] = (this.#counts[code] as number) + 1;
    }
  }

  /** The most common letters, halves of surrogate pairs left out. */
  get common(): string {
    const found = [...this.#counts.entries()].filter(
      ([code, count]) => count > 0 && code !== SEPARATOR_CODE && !isHalf(code),
    );
    const most = found.toSorted(([, a], [, b]) => b - a).slice(0, COMMON);
    return String.fromCharCode(...most.map(([code]) => code));
  }
}

const isHalf = (code: number) => code >= 0xd800 && code <= 0xdfff;

/** What an index of grams can say of a query. */
export interface Plan {
  /** Every card that is wanted is in all of these sets. */
  keys: number[];
  /** What the sets do not decide: it must be looked for in the texts. */
  unsure: Wanted;
}

/**
 * Which sets a text belongs to: one for each letter in it, for each pair and triple of common letters, and for each
 * letter and pair of a name. A term of one letter, or of two or three common ones, is so found by looking up one set.
 */
export class Grams {
  readonly #numbers = new Uint8Array(UNITS);

  constructor(common: string) {
    for (let n = 0; n < common.length; n++) this.#numbers[common.charCodeAt(n)] = n + 1;
  }

  /** Calls `visit` with every set that the text of a card belongs to, some more than once. */
  each(text: string, visit: (key: number) => void): void {
    let before = 0;
    let last = 0;
    let field = 0;
    for (let n = 0; n < text.length; n++) {
      const code = text.codePointAt(n) as number;
      if (code === SEPARATOR_CODE) {
        field++;
        before = last = 0;
        continue;
      }
      if (code >= UNITS) n++;
      const number = code < UNITS ? (this.#numbers[code] as number) : 0;
      const kinds = FIELD_KINDS[field];
      visit(TEXT.one | code);
      if (kinds) visit(kinds.one | code);
      if (number > 0 && last > 0) {
        const pair = (last << BITS) | number;
        visit(TEXT.two | pair);
        if (kinds) visit(kinds.two | pair);
        if (before > 0) visit(TEXT.three | (before << (2 * BITS)) | pair);
      }
      before = last;
      last = number;
    }
  }

  /** How to find what is wanted. */
  plan({ terms, filters }: Wanted): Plan {
    const keys = new Set<number>();
    const add = (found: readonly number[]) => {
      for (const key of found) keys.add(key);
    };
    const unsure = {
      terms: terms.filter((term) => {
        const { keys: found, is_exact } = this.#planTerm(term);
        add(found);
        return !is_exact;
      }),
      filters: filters.filter(({ field, part }) => {
        const { keys: found, is_exact } = this.#planFilter(part, FIELDS[field]);
        add(found);
        return !is_exact;
      }),
    };
    return { keys: [...keys], unsure };
  }

  #planTerm(term: string) {
    const letters = this.#lettersOf(term);
    const keys: number[] = [];
    const covered = new Set<number>();
    const cover = (key: number, ...places: number[]) => {
      keys.push(key);
      for (const place of places) covered.add(place);
    };
    const number = (n: number) => letters[n]?.number ?? 0;
    letters.forEach((_, n) => {
      const [a, b, c] = [number(n), number(n + 1), number(n + 2)];
      if (a && b && c) cover(TEXT.three | (a << (2 * BITS)) | (b << BITS) | c, n, n + 1, n + 2);
    });
    letters.forEach((_, n) => {
      const [a, b] = [number(n), number(n + 1)];
      if (a && b && !(covered.has(n) && covered.has(n + 1))) cover(TEXT.two | (a << BITS) | b, n, n + 1);
    });
    letters.forEach(({ code }, n) => {
      if (!covered.has(n)) cover(TEXT.one | code, n);
    });
    return { keys, is_exact: keys.length === 1 && letters.length <= 3 };
  }

  #planFilter(part: string, field: number) {
    const kinds = FIELD_KINDS[field] as { one: number; two: number };
    const letters = this.#lettersOf(part);
    const pairs = letters.slice(1).flatMap(({ number }, n) => {
      const before = letters[n]?.number ?? 0;
      return before && number ? [kinds.two | (before << BITS) | number] : [];
    });
    const is_exact = letters.length === 1 || (letters.length === 2 && pairs.length === 1);
    const singles = pairs.length < letters.length - 1 || letters.length === 1;
    const keys = [...pairs, ...(singles ? letters.map(({ code }) => kinds.one | code) : [])];
    return { keys: is_exact ? keys : [...keys, ...this.#planTerm(part).keys], is_exact };
  }

  #lettersOf(text: string) {
    return [...text].map((letter) => {
      const code = letter.codePointAt(0) as number;
      return { code, number: code < UNITS ? (this.#numbers[code] as number) : 0 };
    });
  }
}
