/** Fills PostgreSQL with the directory, pulls once more when nothing has changed, and tells what that took. */
import { config } from '../../lib/config.ts';
import { Database } from '../../lib/directory/postgres/database.ts';
import { pull } from '../../lib/directory/postgres/pull.ts';
import { CARDS } from '../../lib/directory/postgres/schema.ts';
import { metered } from '../../lib/meter.ts';
import { answer } from '../harness/child.ts';

/** What it took: milliseconds, read units, and bytes in the database; and which database that was. */
export interface Filling {
  ms: number;
  again_ms: number;
  read_units: number;
  bytes: number;
  version: string;
}

/** The first pull makes indexes over what it stores. */
const LONGEST = 600_000;

const access = async () => ({ connectionString: config.DIRECTORY_DATABASE });
const database = new Database(access, { connections: 4, longest: LONGEST });
await metered(async (consumption) => {
  const start = performance.now();
  await pull(database, { longest: Number.POSITIVE_INFINITY });
  const { read_units } = consumption;
  const filled = performance.now();
  await pull(database);
  const ended = performance.now();
  const [found] = await database.read<{ bytes: string; version: string }>({
    text: `SELECT pg_total_relation_size('${CARDS}') AS bytes, current_setting('server_version') AS version`,
  });
  const { bytes, version = '' } = found ?? {};
  answer({
    ms: filled - start,
    again_ms: ended - filled,
    read_units,
    bytes: Number(bytes),
    version,
  } satisfies Filling);
});
await database.close();
