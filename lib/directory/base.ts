import type { Position } from './feed.ts';
import type { DirectoryQuery } from './query.ts';
import type { Entry, Row } from './rows.ts';

/** What a query finds in a {@link Base}. */
export interface Found {
  /** How many, exactly. */
  total: number;
  /** Those at these places of the ascending order, as far as there are any. */
  window(low: number, size: number): Promise<Entry[]>;
}

/**
 * All cards as they were at one position of the feed, in whatever engine searches, orders and counts them. What has
 * changed since is the {@link Overlay}'s.
 */
export interface Base {
  /** From where on the feed has what is missing here. */
  readonly position: Position;
  /** How many cards there are. */
  readonly total: number;
  /** What it takes, in bytes. */
  readonly bytes: number;
  /** What it does without, for lack of room. */
  readonly given_up: readonly string[];
  /** The card of that id, `undefined` when there is none. */
  row(id: number): Row | undefined;
  /** What the query finds, whatever batch it asks for, without the cards of these ids. */
  find(query: DirectoryQuery, except: readonly number[]): Promise<Found>;
  /** Frees what it holds. */
  close(): void;
}
