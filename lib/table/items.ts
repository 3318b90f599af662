import * as v from 'valibot';
import { Defect } from '../problems.ts';
import type { RawItem } from './send.ts';

/** Who somebody is: the account's id, and its username in any case. */
export interface Identity {
  id: number;
  username: string;
}

/** An item of the table does not have the shape that its key promises. */
export class DamagedItem extends Defect {
  override readonly name = 'DamagedItem';
}

/**
 * Parses an item on its way out of the table; attributes that the schema does not name, keys among them, are
 * dropped. Throws {@link DamagedItem}, which names attributes but never their values.
 */
export function parseItem<Schema extends v.GenericSchema>(
  schema: Schema,
  kind: string,
  item: RawItem,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, item);
  if (result.success) return result.output;
  const places = result.issues.map((issue) => v.getDotPath(issue));
  throw new DamagedItem(`A ${kind} item is damaged at: ${places.join(', ')}.`);
}

/** Parses items in bulk; see {@link parseItem}. */
export function parseItems<Schema extends v.GenericSchema>(schema: Schema, kind: string, items: RawItem[]) {
  return items.map((item) => parseItem(schema, kind, item));
}

/** A SET expression over the given attributes: their names and values, safe for reserved words. */
export function assignments(attributes: Record<string, unknown>) {
  const names = Object.keys(attributes);
  return {
    expression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
  };
}
