import { expect, test } from 'vitest';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { serverless } from '../../../local/serverless.ts';
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
