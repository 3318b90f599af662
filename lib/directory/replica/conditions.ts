import { type DirectoryQuery, fold } from '../query.ts';

/** A trigram index knows nothing shorter than this, in code points. */
const GRAM = 3;

/** A condition on cards, in SQL over `cards` and the index `texts`. */
export interface Condition {
  /** Selects the ids of the cards that match, in no promised order. */
  sql: string;
  values: string[];
}

/**
 * What a query asks of a card, `undefined` when every card will do. All its conditions must hold. Terms of three and
 * more code points go through the trigram index, where there is one: it tells who may match; the text then tells who
 * does. Shorter terms look at every text.
 */
export function condition(
  { search, first_name, last_name }: DirectoryQuery,
  is_indexed: boolean,
): Condition | undefined {
  const filters = Object.entries({ first_name, last_name }).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name, text: fold(text) }],
  );
  const texts = [...new Set([...search.map(fold), ...filters.map(({ text }) => text)])];
  if (texts.length === 0) return undefined;

  const grams = is_indexed ? [...new Set(texts.flatMap(gramsOf))] : [];
  const tests = [
    ...texts.map(() => 'instr(cards.text, ?) > 0'),
    // Orders need the final sigma as it is; a comparison must not tell it apart.
    ...filters.map(({ name }) => `instr(replace(cards.${name}_key, 'ς', 'σ'), ?) > 0`),
  ];
  const values = [...texts, ...filters.map(({ text }) => text)];
  if (grams.length === 0) return { sql: `SELECT id FROM cards WHERE ${tests.join(' AND ')}`, values };
  return {
    sql: `SELECT cards.id FROM texts CROSS JOIN cards ON cards.id = texts.rowid
          WHERE texts MATCH ? AND ${tests.join(' AND ')}`,
    values: [grams.map((gram) => `"${gram.replaceAll('"', '""')}"`).join(' AND '), ...values],
  };
}

function gramsOf(text: string): string[] {
  const points = [...text];
  return points.slice(GRAM - 1).map((_, n) => points.slice(n, n + GRAM).join(''));
}
