import { ORDERINGS, type Ordering } from '../query.ts';
import { type Row, sortKey } from '../rows.ts';
import { SectionWriter } from './file.ts';
import { Grams, KEYS, LetterCount } from './grams.ts';
import { Posting } from './postings.ts';
import { packRecord } from './records.ts';

/** What a segment does without to fit, one after the other; of the cards, those with the highest ids. */
const COMFORTS = ['search_index', 'cards'] as const;

/** What a card takes in the sections that have a number for each: id, stamp, offsets, orders. */
const NUMBERS = 8 + 8 + 4 + 4 + 4 * ORDERINGS.length;

/** The most that a section with offsets of four bytes can have. */
const LARGEST_SECTION = 2 ** 32 - 1;

/** Texts that are looked at together. */
const TEXTS_AT_ONCE = 4096;

/** What a file costs whatever is in it: the table of sections, room between them. */
const OVERHEAD = 16_384;

/** What became of a segment. */
export interface Built {
  cards: number;
  bytes: number;
  given_up: readonly string[];
}

/**
 * Writes a segment of these rows, which come by ascending id, into a new file: everything that a list is answered from,
 * ready to be opened. Where it would take more than `limit` bytes it does without the index of grams, then without the
 * cards that do not fit.
 */
export async function buildSegment(
  path: string,
  rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Built> {
  const file = new SectionWriter(path);
  try {
    const { columns, is_whole } = await writeTexts(file, rows, Math.min(limit, LARGEST_SECTION) - OVERHEAD);
    writeColumns(file, columns);
    const { common } = columns.letters;
    const sets = indexGrams(file, columns, new Grams(common));
    const size = sizeOf(sets);
    const is_indexed = is_whole && size <= Math.min(limit - OVERHEAD - file.length, LARGEST_SECTION);
    if (is_indexed) writeSets(file, sets);
    const given_up = COMFORTS.slice(0, is_indexed ? 0 : is_whole ? 1 : 2);
    const cards = columns.ids.length;
    file.finish({ cards, common, given_up });
    return { cards, bytes: file.length, given_up };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What there is one of for each card. */
interface Columns {
  ids: number[];
  stamps: number[];
  text_ends: number[];
  /** Records, one after the other, as many to a buffer as came together. */
  records: Buffer[];
  record_ends: number[];
  keys: Record<Ordering, (string | number)[]>;
  letters: LetterCount;
}

/** Writes the texts, as they come, and returns the rest. */
async function writeTexts(file: SectionWriter, rows: Parameters<typeof buildSegment>[1], limit: number) {
  const keys = Object.fromEntries(ORDERINGS.map((by) => [by, []])) as unknown as Columns['keys'];
  const columns: Columns = {
    ...{ ids: [], stamps: [], text_ends: [0], records: [], record_ends: [0] },
    ...{ keys, letters: new LetterCount() },
  };
  let room = limit;
  let record_end = 0;
  file.begin('texts');
  for await (const some of rows) {
    const records: Buffer[] = [];
    for (const row of some) {
      const [text, record] = [Buffer.from(row.text), Buffer.from(packRecord(row))];
      room -= text.length + record.length + NUMBERS;
      if (room < 0) break;
      file.append(text);
      records.push(record);
      columns.text_ends.push(file.length);
      record_end += record.length;
      columns.record_ends.push(record_end);
      columns.ids.push(row.id);
      columns.stamps.push(row.updated_at);
      columns.letters.add(row.text);
      for (const by of ORDERINGS) keys[by].push(sortKey(row, by));
    }
    columns.records.push(Buffer.concat(records));
    if (room < 0) break;
  }
  file.end('texts');
  return { columns, is_whole: room >= 0 };
}

function writeColumns(file: SectionWriter, columns: Columns): void {
  file.section('text_ends', Uint32Array.from(columns.text_ends));
  file.begin('records');
  for (const records of columns.records) file.append(records);
  file.end('records');
  file.section('record_ends', Uint32Array.from(columns.record_ends));
  file.section('ids', Float64Array.from(columns.ids));
  file.section('stamps', Float64Array.from(columns.stamps));
  for (const by of ORDERINGS) file.section(orderSection(by), inOrder(columns.keys[by]));
}

/** The section that has the documents in that order. */
export const orderSection = (by: Ordering) => `by_${by}`;

/** The places of the keys, by ascending key; those of one key as they stand. */
function inOrder(keys: readonly (string | number)[]): Uint32Array {
  return Uint32Array.from(keys, (_, document) => document).sort((a, b) => {
    const [left, right] = [keys[a] as string | number, keys[b] as string | number];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
}

/** The documents of each gram, by its key. */
type Sets = [key: number, posting: Posting][];

function indexGrams(file: SectionWriter, { text_ends }: Columns, grams: Grams): Sets {
  const documents = text_ends.length - 1;
  // Not a map: most of the work is to find the set of a gram.
  const places = new Uint32Array(KEYS);
  const sets: Sets = [];
  let document = 0;
  const visit = (key: number) => {
    const place = places[key] || sets.push([key, new Posting(documents)]);
    places[key] = place;
    (sets[place - 1] as Sets[number])[1].add(document);
  };
  for (const text of readTexts(file, text_ends)) {
    grams.each(text, visit);
    document++;
  }
  return sets.sort(([a], [b]) => a - b);
}

/** The texts that were written, again: to keep them meanwhile would take their room twice. */
function* readTexts(file: SectionWriter, ends: readonly number[]): Generator<string> {
  for (let first = 0; first < ends.length - 1; first += TEXTS_AT_ONCE) {
    const last = Math.min(first + TEXTS_AT_ONCE, ends.length - 1);
    const start = ends[first] as number;
    const bytes = file.read(start, ends[last] as number);
    for (let n = first; n < last; n++) {
      yield bytes.toString('utf8', (ends[n] as number) - start, (ends[n + 1] as number) - start);
    }
  }
}

const sizeOf = (sets: Sets) => sets.reduce((sum, [, { bytes }]) => sum + bytes.length + 8, 0);

function writeSets(file: SectionWriter, sets: Sets): void {
  const ends = new Uint32Array(sets.length + 1);
  file.begin('sets');
  const start = file.length;
  sets.forEach(([, { bytes }], n) => {
    file.append(bytes);
    ends[n + 1] = file.length - start;
  });
  file.end('sets');
  file.section('set_ends', ends);
  file.section(
    'set_keys',
    Uint32Array.from(sets, ([key]) => key),
  );
}
