import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../local/serverless.ts';
import { run } from './run.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'users-api-requests-'));
  const text = await readFile(join(root, 'requests.http'), 'utf8');
  await writeFile(
    join(folder, 'requests.http'),
    text.replace(/^@users = .*$/m, `@users = ${inject('service')}`),
  );
  await copyFile(join(root, '.httpyac.cjs'), join(folder, '.httpyac.cjs'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Sent {
  title: string;
  response?: { statusCode: number };
}

/** Sends the whole file, and answers the requests that did not succeed. */
async function failures(): Promise<string[]> {
  const words = ['send', 'requests.http', '--all', '--json', '--output', 'short'];
  const { requests }: { requests: Sent[] } = JSON.parse(await run('httpyac', 'httpyac', words, folder));
  expect(requests.length).toBeGreaterThan(20);
  return requests.flatMap(({ title, response }) =>
    response && response.statusCode < 300 ? [] : [`${title}: ${response?.statusCode}`],
  );
}

test('httpYac sends requests.http from top to bottom, twice on one database, and everything succeeds', async () => {
  expect(await failures()).toEqual([]);
  expect(await failures()).toEqual([]);
});
