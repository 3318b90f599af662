import * as v from 'valibot';
import { InvalidInput } from '../errors.ts';

const POSITIONS = {
  following: /^[a-z0-9._@+-]{1,150}$/,
  followers: /^\d{1,16}#[a-z0-9._@+-]{1,150}$/,
};

/** A list that is read in parts: whose, and which. */
export interface EdgeList {
  kind: keyof typeof POSITIONS;
  username: string;
}

const Cursor = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64url').toString()),
  v.parseJson(),
  v.strictTuple([v.string(), v.string(), v.string()]),
);

/** Where the next page of a list starts, as clients hand it back: opaque, good for that list only. */
export function encodeCursor({ kind, username }: EdgeList, position: string): string {
  return Buffer.from(JSON.stringify([kind, username.toLowerCase(), position])).toString('base64url');
}

/** The position that a cursor of this list names; throws `invalid` for anything else. */
export function decodeCursor(list: EdgeList, cursor: string): string {
  const result = v.safeParse(Cursor, cursor);
  if (result.success) {
    const position = result.output[2];
    const isOurs = encodeCursor(list, position) === cursor;
    if (isOurs && POSITIONS[list.kind].test(position)) return position;
  }
  throw new InvalidInput({ cursor: ['This is not a cursor of this list.'] });
}
