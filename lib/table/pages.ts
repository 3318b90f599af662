/** A page of a list, and where the next one starts: `undefined` after the last. */
export interface Page<T> {
  entries: T[];
  next: string | undefined;
}

/** Which page of a list: the one after the position `after`, with at most `size` entries. */
export interface PageRequest {
  after?: string | undefined;
  size: number;
}

/** Takes a page from what was read: one entry more than asked for, so that the last page is known to be the last. */
export function cutPage<T>(found: T[], size: number, position: (entry: T) => string): Page<T> {
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  return { entries, next: found.length > size && last !== undefined ? position(last) : undefined };
}
