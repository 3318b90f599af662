import { Directory } from './directory.ts';
import type { DirectoryQuery } from './query.ts';
import type { Batch } from './replica/replica.ts';

/** What finds users, in whatever engine. */
export interface UserDirectory {
  /** What the query finds, exactly, with every change that was answered before this call. */
  find(query: DirectoryQuery): Promise<Batch>;
}

/**
 * The directory in the engine that was chosen at deployment: in this instance, or in PostgreSQL. Bundles have the choice
 * as a constant, so that those of the one have nothing of the driver for the other.
 */
export async function openDirectory(): Promise<UserDirectory> {
  if (process.env.DIRECTORY !== 'postgres') return new Directory();
  const { openPostgresDirectory } = await import('./postgres/open.ts');
  return openPostgresDirectory();
}
