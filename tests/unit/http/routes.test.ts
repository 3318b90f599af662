import { expect, test } from 'vitest';
import { BASE_PATH, routes } from '../../../lib/http/routes.ts';
import { serverless } from '../../support/serverless.ts';

const eventsOf = (name: string) =>
  (serverless.functions[name]?.events ?? []).flatMap(({ http }) => http ?? []);

test('serverless.yml gives every endpoint its routes and its own file', () => {
  for (const [name, route] of Object.entries(routes)) {
    const paths = [route.path, ...('own_path' in route ? [route.own_path] : [])];
    expect(eventsOf(name)).toEqual(paths.map((path) => `${route.method} ${BASE_PATH}${path}`));
    expect(serverless.functions[name]?.handler).toMatch(new RegExp(`^functions/[a-z]+/${name}\\.handler$`));
  }
});

test('notFound answers every other method on every path, and every other path', () => {
  const paths = Object.values(routes).flatMap((route) => [
    route.path,
    ...('own_path' in route ? [route.own_path] : []),
  ]);
  const expected = new Set(paths.map((path) => `ANY ${BASE_PATH}${path}`));
  expect(new Set(eventsOf('notFound'))).toEqual(
    new Set([...expected, `ANY ${BASE_PATH}/{username}/{proxy+}`, 'ANY /careers/{proxy+}', 'ANY /{proxy+}']),
  );
});
