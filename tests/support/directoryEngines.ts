import type { Clock } from '../../lib/clock.ts';
import { Directory } from '../../lib/directory/directory.ts';
import type { UserDirectory } from '../../lib/directory/engine.ts';
import type { ReadFeed } from '../../lib/directory/feed.ts';
import { Database } from '../../lib/directory/postgres/database.ts';
import { PostgresDirectory } from '../../lib/directory/postgres/directory.ts';
import { pull } from '../../lib/directory/postgres/pull.ts';
import { CARDS, FEEDS } from '../../lib/directory/postgres/schema.ts';
import { writeSnapshot } from '../../lib/directory/snapshot/writer.ts';
import type { TestPostgres } from './postgres.ts';

/** An engine of the directory, as a simulation uses it. */
export interface DirectoryEngine {
  /** A new instance. */
  open(options: { clock: Clock; read_feed: ReadFeed }): UserDirectory;
  /** What runs on a schedule, so that instances have something to load from. */
  renew(clock: Clock): Promise<{ outcome: string }>;
  /** Harms what instances load from, where there is another way than to damage a snapshot. */
  damage?(): Promise<unknown>;
}

export const embeddedEngine: DirectoryEngine = {
  open: (options) => new Directory(options),
  renew: (clock) => writeSnapshot(clock, 1),
};

/** A connection each for as many pulls at once as a simulation tries, and for the reading instances. */
const CONNECTIONS = 8;

/** A database of PostgreSQL for as many as ask at once in one process. */
export const connectTo = ({ url }: TestPostgres) =>
  new Database(async () => ({ connectionString: url }), { connections: CONNECTIONS });

/** The engine in a PostgreSQL that has no tables yet. */
export async function postgresEngine(database: Database): Promise<DirectoryEngine> {
  await pull(database, { clock: () => 0 });
  return {
    open: (options) => new PostgresDirectory(database, options),
    renew: (clock) => pull(database, { clock }),
    // As after a backup of before anything was there.
    damage: () =>
      database.transact(async (ask) => {
        await ask({ text: `DELETE FROM ${CARDS}` });
        await ask({ text: `UPDATE ${FEEDS} SET settled = 0, total = 0` });
      }),
  };
}
