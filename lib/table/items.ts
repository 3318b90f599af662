import * as v from 'valibot';
import { Defect } from '../problems.ts';
import type { RawItem } from './send.ts';

/** Who somebody is: the account's id, and its username in any case. */
export interface Identity {
  id: number;
  username: string;
}

/** Who somebody is, and which generation of tokens the account takes: one that is not the account's own is refused. */
export interface Caller extends Identity {
  epoch: number;
  /** The session that the token belongs to; those of the first release belong to none. */
  sid?: string | undefined;
}

/** The condition that an item of the account is the caller's, whose token it still takes. */
export const isCallers = ({ id, epoch }: Pick<Caller, 'id' | 'epoch'>) => ({
  condition:
    epoch === 0
      ? 'id = :id AND (attribute_not_exists(epoch) OR epoch = :epoch)'
      : 'id = :id AND epoch = :epoch',
  values: { ':id': id, ':epoch': epoch },
});

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
