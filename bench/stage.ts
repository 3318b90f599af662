import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startDatabase } from '../local/database.ts';
import { generateSigningKey, publicKeys } from '../local/keys.ts';
import { tableProperties } from '../local/serverless.ts';
import { createTable, localCredentials } from '../local/table.ts';
import { type Bundle, buildBundles } from './bundles.ts';
import { Fleet } from './instances.ts';

/** What everything is measured on: an in-memory database, signing keys, bundles as deployed. */
export interface Stage {
  bundles: Bundle[];
  fleet: Fleet;
  /** What a function finds in its environment. */
  env: Record<string, string>;
  /** The file of the HTTP adapter, built. */
  folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The one password of everybody here. */
export const PASSWORD = 'password123';

/** Builds and starts it all. lib/ in this process uses the same table from now on. */
export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-bench-'));
  const database = await startDatabase();
  const keys = { keys: [await generateSigningKey()] };
  const keysFile = join(folder, 'signing-keys.json');
  await writeFile(keysFile, JSON.stringify(keys), { mode: 0o600 });
  const env = {
    ...localCredentials,
    TABLE_NAME: 'users-bench',
    DYNAMODB_ENDPOINT: database.endpoint,
    ISSUER: 'https://api.example.com/careers/users',
    AUDIENCE: 'careers',
    PUBLIC_KEYS: JSON.stringify(publicKeys(keys)),
    SIGNING_KEYS_FILE: keysFile,
    NODE_OPTIONS: '--enable-source-maps',
  };
  Object.assign(process.env, env, { NODE_OPTIONS: process.env.NODE_OPTIONS });
  await createTable(database.endpoint, env.TABLE_NAME, tableProperties);

  const bundles = await buildBundles(folder);
  const program = join(folder, 'instance.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'instance.ts')],
    outfile: program,
    platform: 'node',
    format: 'esm',
  });
  return {
    bundles,
    fleet: new Fleet(bundles, program, env),
    env,
    folder,
    async [Symbol.asyncDispose]() {
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
