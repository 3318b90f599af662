import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { root, serverless } from '../../../local/serverless.ts';
import { routeRequest } from '../../support/gateway.ts';

const operations = Object.entries(routes);

const eventsOf = (name: string) => serverless.functions[name]?.events.flatMap(({ http }) => http ?? []);

test.each(operations)('%s has its function, its file and its events under one name', (name, route) => {
  expect(serverless.functions[name]?.handler).toMatch(new RegExp(`^functions/[a-z]+/${name}\\.handler$`));
  expect(eventsOf(name)).toEqual([`${route.method} ${BASE_PATH}${route.path}`]);
});

test('only endpoints of the routes answer HTTP events, and notFound', () => {
  const serving = Object.keys(serverless.functions).filter((name) => eventsOf(name)?.length);
  expect(serving.toSorted()).toEqual([...operations.map(([name]) => name), 'notFound'].toSorted());
});

test('notFound answers every other method at every address, and every other address', () => {
  const known = operations.map(([, { path }]) => `${BASE_PATH}${path}`.replace('{username}', 'alice'));
  const others = ['/', '/x', '/x/y', '/careers', '/careers/x', `${BASE_PATH}/token`, `${BASE_PATH}/alice/x`];
  for (const path of [...known, ...others]) {
    expect([path, routeRequest({ method: 'PUT', path }).name]).toEqual([path, 'notFound']);
  }
});

test.each(operations)('README has a row for %s that links its file', async (name, { method, path }) => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const row = readme.split('\n').find((line) => line.includes(`[${name}](functions/`)) ?? '';
  expect(row.replace(/ +/g, ' ')).toMatch(`| ${method} | \`${path}`);
  expect(row).toContain(`](${serverless.functions[name]?.handler.replace('.handler', '.ts')})`);
});
