import * as v from 'valibot';
import type { Entry } from '../rows.ts';

/** What a segment keeps of an entry beside its id and its stamp. */
const Shown = v.tuple([v.string(), v.string(), v.string(), v.nullable(v.string()), v.number()]);

export const packRecord = ({ username, first_name, last_name, avatar, created_at }: Entry): string =>
  JSON.stringify([username, first_name, last_name, avatar, created_at]);

export function unpackRecord(record: string): Omit<Entry, 'id' | 'updated_at'> {
  const [username, first_name, last_name, avatar, created_at] = v.parse(Shown, JSON.parse(record));
  return { username, first_name, last_name, avatar, created_at };
}
