import { promisify } from 'node:util';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import * as v from 'valibot';
import { type Card, CardItem } from '../../table/cards.ts';

/** How chunks are packed; a reader that knows another format does without the snapshot. */
export const FORMAT = 1;

/** Most bytes of a chunk: an item may have 400 KB, its other attributes included. */
const LARGEST = 380_000;

/** Cards that usually fit into one chunk. */
const USUAL_CARDS = 5000;

/** What a damaged chunk may unpack to at most, in bytes: cards of the longest texts, all of them. */
const LARGEST_UNPACKED = 64_000_000;

const compress = promisify(zstdCompress);

const FIELDS = Object.keys(CardItem.entries) as (keyof Card)[];

const Columns = v.record(v.string(), v.array(v.unknown()));

/** A chunk on its way out. */
interface Packed {
  data: Uint8Array<ArrayBuffer>;
  /** How many cards it holds. */
  cards: number;
}

/** Packs cards, in their order, into chunks that fit an item each: columns of JSON under zstd. */
export async function* pack(cards: AsyncIterable<Card[]>): AsyncGenerator<Packed> {
  let waiting: Card[] = [];
  for await (const more of cards) {
    waiting = waiting.concat(more);
    while (waiting.length >= USUAL_CARDS) yield* packFitting(waiting.splice(0, USUAL_CARDS));
  }
  if (waiting.length > 0) yield* packFitting(waiting);
}

async function* packFitting(cards: readonly Card[]): AsyncGenerator<Packed> {
  const columns = Object.fromEntries(FIELDS.map((name) => [name, cards.map((card) => card[name])]));
  const data = await compress(JSON.stringify(columns));
  if (data.length <= LARGEST) {
    yield { data, cards: cards.length };
    return;
  }
  const half = Math.ceil(cards.length / 2);
  yield* packFitting(cards.slice(0, half));
  yield* packFitting(cards.slice(half));
}

/** The cards of a chunk, in their order. Throws when it is not what {@link pack} made. */
export function unpack(data: Uint8Array): Card[] {
  const json = zstdDecompressSync(data, { maxOutputLength: LARGEST_UNPACKED }).toString();
  const columns = v.parse(Columns, JSON.parse(json));
  const { length } = columns.id ?? [];
  if (FIELDS.some((name) => columns[name]?.length !== length)) {
    throw new RangeError('The columns of a chunk differ in length.');
  }
  const cards = Array.from({ length }, (_, n) =>
    Object.fromEntries(FIELDS.map((name) => [name, columns[name]?.[n]])),
  );
  return v.parse(v.array(CardItem), cards);
}
