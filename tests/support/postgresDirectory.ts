import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { startPostgres } from './postgres.ts';

/** Milliseconds between pulls: a list meets a database that has some of the changes. */
const PULLING = 50;

/** Makes the service keep its directory in PostgreSQL, for the test file that is about to run. */
const postgres = await startPostgres();
Object.assign(process.env, { DIRECTORY: 'postgres', DIRECTORY_DATABASE: postgres.url });

// Loaded here, for it reads its environment once.
const { pullChanges } = await import('../../lib/directory/postgres/open.ts');
await pullChanges();
const pulling = new AbortController();
const pulled = pullUntil(pulling.signal);

afterAll(async () => {
  pulling.abort();
  await pulled;
});

async function pullUntil(end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    await pullChanges();
    await sleep(PULLING);
  }
}
