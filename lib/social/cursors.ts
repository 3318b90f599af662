import * as v from 'valibot';
import { invalid } from '../problems.ts';
import { PAGE_END } from '../table/keys.ts';

/** A list of edges that is read page by page: whose, and which. */
export interface EdgeList {
  kind: keyof typeof PAGE_END;
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
    if (isOurs && PAGE_END[list.kind].test(position)) return position;
  }
  throw invalid({ cursor: ['This is not a cursor of this list.'] });
}
