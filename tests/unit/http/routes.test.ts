import { expect, test } from 'vitest';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { serverless } from '../../../local/serverless.ts';

const operations = Object.entries<{ method: string; path: string; own_path?: string }>(routes);

const addresses = ({ path, own_path }: { path: string; own_path?: string }) =>
  [path, ...(own_path ? [own_path] : [])].map((address) => `${BASE_PATH}${address}`);

const eventsOf = (name: string) => serverless.functions[name]?.events.flatMap(({ http }) => http ?? []);

test.each(operations)('%s has its function, its file and its events under one name', (name, route) => {
  expect(serverless.functions[name]?.handler).toMatch(new RegExp(`^functions/[a-z]+/${name}\\.handler$`));
  expect(eventsOf(name)).toEqual(addresses(route).map((address) => `${route.method} ${address}`));
});

test('only endpoints of the routes answer HTTP events, and notFound', () => {
  const serving = Object.keys(serverless.functions).filter((name) => eventsOf(name)?.length);
  expect(serving.toSorted()).toEqual([...operations.map(([name]) => name), 'notFound'].toSorted());
});

test('notFound answers every other method at every address, and every other address', () => {
  const everything = new Set(operations.flatMap(([, route]) => addresses(route)));
  const catchAll = [`${BASE_PATH}/{username}/{proxy+}`, '/careers/{proxy+}', '/{proxy+}'];
  const expected = [...everything, ...catchAll].map((address) => `ANY ${address}`);
  expect(eventsOf('notFound')?.toSorted()).toEqual(expected.toSorted());
});
