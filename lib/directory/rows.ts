import type { Card } from '../table/cards.ts';
import { type DirectoryQuery, fold, type Ordering } from './query.ts';

/** The fields that a search looks at, in this order. */
const SEARCHED = ['username', 'first_name', 'last_name', 'bio'] as const satisfies (keyof Card)[];

/** Where the fields that are filtered by stand among those. */
export const FIELDS = { first_name: 1, last_name: 2 } as const;

/** Stands between the texts of a card where they are kept as one; no text and no term has it. */
export const SEPARATOR = '\u001f';

/** What the directory keeps of a card to show it and to put it in order. */
export type Entry = Omit<Card, 'bio'>;

/** The same with what a search looks at. */
export interface Row extends Entry {
  /** The searched fields, folded, in one place. */
  text: string;
}

export function rowOf({ bio, ...card }: Card): Row {
  const searched = { ...card, bio };
  return { ...card, text: SEARCHED.map((name) => fold(searched[name])).join(SEPARATOR) };
}

/** A card as a list shows it. */
export type ListedCard = Pick<Card, 'id' | 'username' | 'first_name' | 'last_name' | 'avatar'>;

export const listed = ({ id, username, first_name, last_name, avatar }: ListedCard): ListedCard => ({
  ...{ id, username, first_name, last_name, avatar },
});

/** What a query asks of a card, folded; every term and filter must hold. */
export interface Wanted {
  terms: readonly string[];
  filters: readonly { field: keyof typeof FIELDS; part: string }[];
}

/** `undefined` when every card will do. */
export function wantedBy({ search, first_name, last_name }: DirectoryQuery): Wanted | undefined {
  const filters = Object.entries({ first_name, last_name }).flatMap(([field, part]) =>
    part === undefined ? [] : [{ field: field as keyof typeof FIELDS, part: fold(part) }],
  );
  const terms = [...new Set(search.map(fold))];
  return terms.length + filters.length === 0 ? undefined : { terms, filters };
}

/** Whether the query finds a card with that text. */
export function isWanted({ text }: Row, { terms, filters }: Wanted): boolean {
  if (!terms.every((term) => text.includes(term))) return false;
  if (filters.length === 0) return true;
  const fields = text.split(SEPARATOR);
  return filters.every(({ field, part }) => fields[FIELDS[field]]?.includes(part));
}

/** Sorts ascending; ties break by id. */
export function compareEntries(a: Entry, b: Entry, by: Ordering): number {
  const [left, right] = [sortKey(a, by), sortKey(b, by)];
  return left < right ? -1 : left > right ? 1 : a.id - b.id;
}

/** What it is sorted by: compared by `<`, texts come in the order of the code points of their lower case. */
export const sortKey = (entry: Entry, by: Ordering) =>
  by === 'created_at' ? entry.created_at : inCodePointOrder(entry[by].toLowerCase());

const AFTER_SURROGATES = /[\ud800-\uffff]/;

/** UTF-16 puts letters of four bytes before some of three: those that must come last trade places with them. */
function inCodePointOrder(text: string): string {
  if (!AFTER_SURROGATES.test(text)) return text;
  return text.replaceAll(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}
