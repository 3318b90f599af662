import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { quietTableProperties } from '../../../local/serverless.ts';
import { type Database, startDatabase } from '../../../local/service/database.ts';
import { createTable } from '../../../local/service/table.ts';
import { get } from '../../support/api.ts';
import { findContradictions } from '../../support/audit.ts';
import { startFaultProxy } from '../../support/faultProxy.ts';
import { simulateUsers } from '../../support/simulatedUsers.ts';

const TABLE_NAME = 'users-on-file';
const folder = await mkdtemp(join(tmpdir(), 'users-api-killed-'));
const file = join(folder, 'users.db');

delete process.env.DYNAMODB_ENDPOINT;
let database: Database = await startDatabase({ file });
const proxy = await startFaultProxy(database.endpoint);
await createTable(database.endpoint, TABLE_NAME, quietTableProperties);
Object.assign(process.env, { TABLE_NAME, DYNAMODB_ENDPOINT: proxy.endpoint });

afterAll(async () => {
  await proxy.stop();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});

async function killAndRestart() {
  process.kill(Number(database.pid), 'SIGKILL');
  await sleep(500);
  delete process.env.DYNAMODB_ENDPOINT;
  database = await startDatabase({ file });
  process.env.DYNAMODB_ENDPOINT = proxy.endpoint;
  proxy.database = database.endpoint;
}

test('keeps everything that was answered when the database is killed under load', {
  timeout: 300_000,
}, async () => {
  const requests = Number(process.env.LOAD_REQUESTS);
  const load = simulateUsers(16, requests, seededRandom(1));
  for (const calls of [0.5, 1, 1.5]) {
    while (proxy.calls.length < requests * calls) await sleep(20);
    await killAndRestart();
  }
  const { statuses, wrong } = await load;
  expect(wrong).toEqual([]);
  expect(statuses[500]).toBeUndefined();
  expect((await get('/')).status).toBe(200);
  expect(await findContradictions()).toEqual([]);
});
