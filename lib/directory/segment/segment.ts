import * as v from 'valibot';
import type { Base, Found } from '../base.ts';
import type { Position } from '../feed.ts';
import type { DirectoryQuery, Ordering } from '../query.ts';
import { type Entry, type Row, type Wanted, wantedBy } from '../rows.ts';
import {
  allBits,
  type Bits,
  bitsFrom,
  clearBit,
  countBits,
  eachBit,
  keepCommon,
  noBits,
  setBit,
} from './bits.ts';
import { orderSection } from './builder.ts';
import { SectionReader } from './file.ts';
import { Grams } from './grams.ts';
import { readPosting } from './postings.ts';
import { RecentSets } from './recent.ts';
import { unpackRecord } from './records.ts';
import { Texts } from './texts.ts';

const Facts = v.object({ cards: v.number(), common: v.string(), given_up: v.array(v.string()) });

/** The documents in an order, and the place of each in it. */
interface Order {
  documents: Uint32Array;
  places: Uint32Array;
}

export interface SegmentOptions {
  /** How many bytes of texts may stay in memory; none unless said. */
  memory?: number;
  /** And of what was found lately. */
  recent?: number;
}

/**
 * All cards as they were at one position of the feed, in a file that {@link buildSegment} made: it is opened, not
 * loaded, and never changes. Cards are documents in it, numbered by ascending id. What a search finds is a set of
 * documents: that of a gram is read, others are cut out of those by their texts.
 */
export class Segment implements Base {
  readonly position: Position;
  readonly total: number;
  readonly given_up: readonly string[];
  readonly #file: SectionReader;
  readonly #grams: Grams | undefined;
  readonly #texts: Texts;
  readonly #ids: Float64Array;
  readonly #stamps: Float64Array;
  readonly #record_ends: Uint32Array;
  readonly #set_keys: Uint32Array;
  readonly #set_ends: Uint32Array;
  readonly #orders = new Map<Ordering, Order>();
  readonly #recent: RecentSets;

  /** Opens a file. Throws when it is not a segment. */
  constructor(path: string, position: Position, { memory = 0, recent }: SegmentOptions = {}) {
    this.position = position;
    this.#recent = new RecentSets(recent);
    this.#file = new SectionReader(path);
    try {
      const { cards, common, given_up } = v.parse(Facts, this.#file.facts);
      this.total = cards;
      this.given_up = given_up;
      this.#ids = new Float64Array(this.#file.read('ids').buffer);
      this.#stamps = new Float64Array(this.#file.read('stamps').buffer);
      this.#record_ends = this.#numbers('record_ends');
      this.#texts = new Texts(this.#file, this.#numbers('text_ends'), memory);
      const is_indexed = this.#file.has('sets');
      this.#grams = is_indexed ? new Grams(common) : undefined;
      this.#set_keys = is_indexed ? this.#numbers('set_keys') : new Uint32Array();
      this.#set_ends = is_indexed ? this.#numbers('set_ends') : new Uint32Array();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  row(id: number): Row | undefined {
    const document = this.#documentOf(id);
    return document === undefined ? undefined : this.#row(document);
  }

  /** All rows by ascending id, some at a time. */
  *rows(at_once = 4096): Generator<Row[]> {
    for (let first = 0; first < this.total; first += at_once) {
      const size = Math.min(at_once, this.total - first);
      yield Array.from({ length: size }, (_, n) => this.#row(first + n));
    }
  }

  async find({ ordering, ...query }: DirectoryQuery, except: readonly number[]): Promise<Found> {
    const wanted = wantedBy({ ordering, ...query });
    const { documents, places } = this.#order(ordering.by);
    const found = wanted
      ? this.#recent.get(JSON.stringify([ordering.by, wanted]), () => inOrder(this.#find(wanted), places))
      : allBits(this.total);
    const shown = this.#without(found, except, places);
    return {
      total: countBits(shown),
      window: async (low, size) =>
        bitsFrom(shown, low, size).map((place) => this.#entry(documents[place] as number)),
    };
  }

  close(): void {
    this.#file.close();
  }

  /** The documents that are wanted. */
  #find(wanted: Wanted): Bits {
    if (!this.#grams) {
      const all = allBits(this.total);
      this.#texts.keepWanted(all, wanted);
      return all;
    }
    const { keys, unsure } = this.#grams.plan(wanted);
    const found = this.#inAll(keys);
    if (unsure.terms.length + unsure.filters.length > 0) this.#texts.keepWanted(found, unsure);
    return found;
  }

  /** The documents that are in each of these sets. */
  #inAll(keys: readonly number[]): Bits {
    const sets = keys.map((key) => this.#placeOf(key));
    if (sets.includes(undefined)) return noBits(this.total);
    const size = (set: number) => (this.#set_ends[set + 1] as number) - (this.#set_ends[set] as number);
    const [smallest, ...others] = (sets as number[]).toSorted((a, b) => size(a) - size(b));
    const found = smallest === undefined ? allBits(this.total) : this.#readSet(smallest);
    for (const set of others) keepCommon(found, this.#readSet(set));
    return found;
  }

  #readSet(set: number): Bits {
    return readPosting(this.#file.read('sets', this.#set_ends[set], this.#set_ends[set + 1]), this.total);
  }

  #placeOf(key: number): number | undefined {
    return placeIn(this.#set_keys, key);
  }

  #documentOf(id: number): number | undefined {
    return placeIn(this.#ids, id);
  }

  #without(found: Bits, except: readonly number[], places: Uint32Array): Bits {
    if (except.length === 0) return found;
    const left = found.slice();
    for (const id of except) {
      const document = this.#documentOf(id);
      if (document !== undefined) clearBit(left, places[document] as number);
    }
    return left;
  }

  #order(by: Ordering): Order {
    const known = this.#orders.get(by);
    if (known) return known;
    const documents = this.#numbers(orderSection(by));
    const places = new Uint32Array(documents.length);
    for (let place = 0; place < documents.length; place++) places[documents[place] as number] = place;
    this.#orders.set(by, { documents, places });
    return { documents, places };
  }

  #row(document: number): Row {
    return { ...this.#entry(document), text: this.#texts.read(document) };
  }

  #entry(document: number): Entry {
    const [from, to] = [this.#record_ends[document], this.#record_ends[document + 1]];
    const record = Buffer.from(this.#file.read('records', from, to).buffer).toString();
    return {
      id: this.#ids[document] as number,
      updated_at: this.#stamps[document] as number,
      ...unpackRecord(record),
    };
  }

  #numbers(section: string): Uint32Array {
    return new Uint32Array(this.#file.read(section).buffer);
  }
}

/** The same cards by their places in an order. */
function inOrder(documents: Bits, places: Uint32Array): Bits {
  const bits = noBits(places.length);
  eachBit(documents, (document) => setBit(bits, places[document] as number));
  return bits;
}

/** Where a number stands among ascending ones. */
function placeIn(numbers: Uint32Array | Float64Array, wanted: number): number | undefined {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === wanted ? low : undefined;
}
