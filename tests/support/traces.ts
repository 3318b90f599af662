import { type Item, scanItems } from './table.ts';

interface Somebody {
  id: number;
  username: string;
  emails: readonly string[];
}

/**
 * The keys of all items of the table, as `PK SK`, that have anybody's name, address or id in them, whatever their kind:
 * in a key, an attribute or inside of one. Of ids it takes large ones to tell them from other numbers; the last one given
 * is in its sequence, too, which is nobody's.
 */
export async function findTraces({ id, username, emails }: Somebody): Promise<string[]> {
  const texts = [username, ...emails].map((text) => text.toLowerCase());
  const ids = new RegExp(`(?<![\\w.-])${id}(?![\\w.-])`);
  const names = (item: Item) => {
    const json = JSON.stringify(item).toLowerCase();
    return texts.some((text) => json.includes(text)) || ids.test(json);
  };
  return (await scanItems())
    .filter((item) => item.SK !== 'SEQUENCE' && names(item))
    .map(({ PK, SK }) => `${PK} ${SK}`);
}
