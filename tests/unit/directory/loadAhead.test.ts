import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { root } from '../../../local/serverless.ts';
import { countCards } from '../../support/directoryQueries.ts';
import { captureLogs, captureOutput, type LogLine, logLines } from '../../support/output.ts';
import { storeUser } from '../../support/users.ts';

beforeEach(async () => {
  await storeUser({ updated_at: Date.now() });
});

/** As the test has loaded it that runs: some begin anew. */
const load = async () => ({
  ...(await import('../../../lib/directory/directory.ts')),
  ...(await import('../../../lib/table/cards.ts')),
});

const loads = (lines: LogLine[]) => lines.filter(({ message }) => message === 'directory_loaded').length;

/** What a new instance says of itself while it starts as Lambda says. */
async function startAs(initialisation: string): Promise<LogLine[]> {
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', initialisation);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.resetModules();
  const { output } = await captureOutput(async () => {
    const { isReady } = await import('../../../functions/users/listUsers.ts');
    await isReady;
  });
  vi.unstubAllEnvs();
  return logLines(output);
}

test('an instance that is provisioned has loaded before its first request', async () => {
  expect(loads(await startAs('provisioned-concurrency'))).toBe(1);
});

test('an instance that is started for a request loads with it', async () => {
  expect(loads(await startAs('on-demand'))).toBe(0);
});

test('it loads once, whether the first request comes before that is done or after', async () => {
  const { Directory } = await load();
  const { lines } = await captureLogs(async () => {
    const directory = new Directory();
    const [found] = await Promise.all([countCards(directory), directory.loadAhead()]);
    expect(await countCards(directory)).toBe(found);
    const other = new Directory();
    await other.loadAhead();
    await countCards(other);
  });
  expect(loads(lines)).toBe(2);
});

test('the first request loads where loading ahead has failed', async () => {
  const { Directory, readFeed } = await load();
  let is_broken = true;
  const directory = new Directory({
    read_feed: (...place) => {
      if (is_broken) throw new Error('The database is away.');
      return readFeed(...place);
    },
  });
  const { lines } = await captureLogs(() => directory.loadAhead());
  expect(lines).toMatchObject([{ message: 'directory_not_loaded', level: 'WARN' }]);
  is_broken = false;
  expect(await countCards(directory)).toBeGreaterThan(0);
});

test('Lambda waits for it: what it loads is a module that waits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-module-'));
  const ready = 'new Promise((done) => setTimeout(() => { exports.is_ready = true; done(); }, 50))';
  await writeFile(
    join(folder, 'listUsers.cjs'),
    `exports.handler = () => exports.is_ready; exports.isReady = ${ready};`,
  );
  await copyFile(join(root, 'functions/users/listUsers.mjs'), join(folder, 'listUsers.mjs'));
  const { handler } = await import(join(folder, 'listUsers.mjs'));
  expect(handler()).toBe(true);
  await sleep(0);
  await rm(folder, { recursive: true });
});
