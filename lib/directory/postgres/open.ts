import { readAccess } from './access.ts';
import { Database } from './database.ts';
import { PostgresDirectory } from './directory.ts';
import { type Pulled, pull } from './pull.ts';

/** An instance answers one request at a time; a second connection is for when one has died. */
const READERS = 2;

/** One for each shard of the feed. */
const WRITERS = 4;

/** How long a statement of a pull may take, in milliseconds: the first one makes indexes. */
const LONGEST_WRITE = 60_000;

/** The directory that is in PostgreSQL, for this instance. */
export const openPostgresDirectory = () =>
  new PostgresDirectory(new Database(readAccess, { connections: READERS }));

const writer = new Database(readAccess, { connections: WRITERS, longest: LONGEST_WRITE });

/** Brings the database up to date: {@link pull}. */
export const pullChanges = (): Promise<Pulled> => pull(writer);
