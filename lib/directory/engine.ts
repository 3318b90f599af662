import { Directory } from './directory.ts';
import type { Batch } from './find.ts';
import { openPostgresDirectory } from './postgres/open.ts';
import type { DirectoryQuery } from './query.ts';

/** What finds users, in whatever engine. */
export interface UserDirectory {
  /** What the query finds, exactly, with every change that was answered before this call. */
  find(query: DirectoryQuery, except?: Promise<readonly number[]>): Promise<Batch>;
  /** Makes the first request wait for less. What fails is tried again by that request. */
  loadAhead(): Promise<void>;
}

/**
 * The directory in the engine that was chosen at deployment: in this instance, or in PostgreSQL. Bundles have the choice
 * as a constant, and so the code of one of them.
 */
export const openDirectory = (): UserDirectory =>
  process.env.DIRECTORY === 'postgres' ? openPostgresDirectory() : new Directory();
