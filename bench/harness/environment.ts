import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrCreateKeys } from '../../local/keys/files.ts';
import { keyEnvironment } from '../../local/keys/jwk.ts';
import { quietTableProperties } from '../../local/serverless.ts';
import { startDatabase } from '../../local/service/database.ts';
import { createTable, localCredentials } from '../../local/service/table.ts';
import { buildBundles } from './bundles.ts';
import { Child } from './child.ts';

/** What everything is measured on: an in-memory database, signing keys, and the functions as they are deployed. */
export interface Environment extends AsyncDisposable {
  /**
   * Holds the signing keys and the bundles; goes with the environment. As `LOCAL_DATA`, with the environment of a table,
   * it makes `serverless offline` serve from the same database with the same keys.
   */
  folder: string;
  addTable(name: string): Promise<Table>;
}

/** An empty table and what is done with it. */
export interface Table {
  /** What a function finds in its environment. */
  env: Record<string, string>;
  /** Runs `steps/<step>.ts` in a process of its own, for lib/ reads its environment once, and returns what it answers. */
  run<T>(step: string, ...parameters: (string | number)[]): Promise<T>;
  /** The same table for functions whose directory is in the PostgreSQL of that URL. */
  withPostgres(url: string): Promise<Table>;
}

export async function prepareEnvironment(): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-bench-'));
  const database = await startDatabase();
  const keys_file = join(folder, 'signing-keys.json');
  const keys = await readOrCreateKeys(keys_file);
  await buildBundles(folder);
  return {
    folder,
    async addTable(TABLE_NAME) {
      // DynamoDB charges writes nothing for a stream, in units or in time.
      await createTable(database.endpoint, TABLE_NAME, quietTableProperties);
      const env = {
        ...localCredentials,
        TABLE_NAME,
        DYNAMODB_ENDPOINT: database.endpoint,
        ISSUER: 'https://api.example.com/careers/users',
        AUDIENCE: 'careers',
        ...keyEnvironment(keys),
        SIGNING_KEYS_FILE: keys_file,
        SNAPSHOT_FOLDER: join(folder, 'snapshots'),
        BUNDLES: folder,
      };
      return tableWith(env);
    },
    async [Symbol.asyncDispose]() {
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const tableWith = (env: Table['env']): Table => ({
  env,
  async run(step, ...parameters) {
    const file = join(import.meta.dirname, '../steps', `${step}.ts`);
    await using child = new Child(file, parameters.map(String), env);
    return await child.ask();
  },
  async withPostgres(url) {
    const folder = join(env.BUNDLES ?? '', 'postgres');
    await mkdir(folder, { recursive: true });
    await buildBundles(folder, 'postgres');
    return tableWith({ ...env, BUNDLES: folder, DIRECTORY: 'postgres', DIRECTORY_DATABASE: url });
  },
});
