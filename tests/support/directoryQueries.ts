import * as v from 'valibot';
import type { Directory } from '../../lib/directory/directory.ts';
import { DirectoryQuery, ORDERINGS } from '../../lib/directory/query.ts';
import { below, oneOf, type Random } from '../../local/seed/random.ts';

/** Few letters, so that terms meet; with all that case, patterns, quotes and encodings can go wrong on. */
const ALPHABET = [...'abABéÉσςΣßİ😀%_"\'*- '];
const USERNAME_ALPHABET = [...'abAB._@+-'];

/** A text of at most `longest` letters, as registration would store it. */
export function randomText(random: Random, longest: number, alphabet: readonly string[] = ALPHABET): string {
  const letters = Array.from({ length: below(random, longest + 1) }, () => oneOf(random, alphabet));
  return letters.join('').trim().normalize('NFC');
}

/** How a username may begin. */
export const randomUsername = (random: Random) => randomText(random, 4, USERNAME_ALPHABET);

/** How many cards a directory has, or finds. */
export async function countCards(directory: Directory, search = ''): Promise<number> {
  return (await directory.find(v.parse(DirectoryQuery, { search }))).total;
}

/** A query with up to three terms, sometimes filters, in any order, for one of the first batches. */
export function randomQuery(random: Random): DirectoryQuery {
  const optional = (name: string) => (random() < 0.2 ? { [name]: randomText(random, 2) || 'a' } : undefined);
  const terms = Array.from({ length: below(random, 4) }, () => randomText(random, 3).replaceAll(' ', ''));
  return {
    search: terms.filter(Boolean),
    ...optional('first_name'),
    ...optional('last_name'),
    ordering: { by: oneOf(random, ORDERINGS), descending: random() < 0.5 },
    batch_size: 1 + below(random, 20),
    batch_number: below(random, 4),
  };
}
