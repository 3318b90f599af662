import * as v from 'valibot';
import { afterAll, expect, test } from 'vitest';
import { withDeadline } from '../../../../lib/deadline.ts';
import { Database } from '../../../../lib/directory/postgres/database.ts';
import { PostgresDirectory } from '../../../../lib/directory/postgres/directory.ts';
import { pull } from '../../../../lib/directory/postgres/pull.ts';
import { DirectoryQuery } from '../../../../lib/directory/query.ts';
import { connectTo } from '../../../support/directoryEngines.ts';
import { startPostgres } from '../../../support/postgres.ts';
import { startPostgresProxy } from '../../../support/postgresFaults.ts';
import { storeUser } from '../../../support/users.ts';

const postgres = await startPostgres();
const proxy = await startPostgresProxy(postgres.url);
const database = connectTo(proxy);
const directory = new PostgresDirectory(database);
const all = v.parse(DirectoryQuery, {});
const unavailable = { name: 'ApiError', code: 'unavailable' };

afterAll(async () => {
  proxy.state = 'open';
  await database.close();
  await proxy[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await expect(work).rejects.toMatchObject(unavailable);
  return performance.now() - start;
}

test('a database without tables is unavailable until the first pull has made them', async () => {
  await timed(directory.find(all));
  await storeUser({ updated_at: Date.now() });
  await pull(database);
  expect((await directory.find(all)).total).toBe(1);
});

test('a connection that died is replaced without anybody noticing', async () => {
  await directory.find(all);
  proxy.breakAll();
  expect((await directory.find(all)).total).toBe(1);
});

test('a database that takes no connection is unavailable at once, and serves again when it does', async () => {
  proxy.state = 'closed';
  proxy.breakAll();
  expect(await timed(directory.find(all))).toBeLessThan(1000);
  proxy.state = 'open';
  expect((await directory.find(all)).total).toBe(1);
});

test('a database that does not answer is unavailable within seconds', async () => {
  proxy.state = 'silent';
  proxy.breakAll();
  const impatient = new Database(async () => ({ connectionString: proxy.url }), {
    connections: 1,
    longest: 100,
  });
  expect(await timed(new PostgresDirectory(impatient).find(all))).toBeLessThan(4000);
  proxy.state = 'open';
  await impatient.close();
});

test('nothing is waited for past the deadline of the request', async () => {
  await directory.find(all);
  proxy.state = 'silent';
  expect(await timed(withDeadline(1300, () => directory.find(all)))).toBeLessThan(1000);
  proxy.state = 'open';
  proxy.breakAll();
  expect((await directory.find(all)).total).toBe(1);
});

test('loading ahead of the first request fails without harm, and spares that request its loading', async () => {
  proxy.state = 'closed';
  proxy.breakAll();
  const ahead = new PostgresDirectory(database);
  await ahead.loadAhead();
  proxy.state = 'open';
  await ahead.loadAhead();
  expect((await ahead.find(all)).total).toBe(1);
});

test('a pull that loses the database does not end as if it had worked', async () => {
  proxy.state = 'closed';
  proxy.breakAll();
  await timed(pull(database));
  proxy.state = 'open';
  expect(await pull(database)).toMatchObject({ outcome: 'pulled' });
});

test('a statement that is wrong is a defect, not a busy database', async () => {
  await expect(database.read({ text: 'SELECT nothing FROM nowhere WHERE' })).rejects.toMatchObject({
    code: '42601',
  });
});
