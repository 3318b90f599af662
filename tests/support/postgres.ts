import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { Client } from 'pg';
import { servePglite } from './pgliteServer.ts';

/** An empty PostgreSQL database; disposing of it ends it. */
export interface TestPostgres extends AsyncDisposable {
  /** Where it answers, as a driver is told. */
  url: string;
}

/**
 * PostgreSQL for one test file: a schema of its own in the server that POSTGRES_URL names, else PostgreSQL compiled to
 * WebAssembly, in this process, behind a socket.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const { POSTGRES_URL } = process.env;
  return POSTGRES_URL ? addSchema(POSTGRES_URL) : startEmbedded();
}

async function startEmbedded(): Promise<TestPostgres> {
  const db = await PGlite.create({ extensions: { pg_trgm } });
  const { port, stop } = await servePglite(db);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await stop();
      await db.close();
    },
  };
}

async function addSchema(server: string): Promise<TestPostgres> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.searchParams.set('options', `-csearch_path=${schema},public`);
  const run = async (sql: string) => {
    const client = new Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE SCHEMA ${schema}`);
  return { url: url.href, [Symbol.asyncDispose]: () => run(`DROP SCHEMA ${schema} CASCADE`) };
}
