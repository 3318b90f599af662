import { expect, test } from 'vitest';
import { routes } from '../../../lib/http/routes.ts';
import { send } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { newUser } from '../../support/users.ts';

/** Every path of the API, with the methods that endpoints answer there. */
const paths = Object.entries(Object.groupBy(Object.values(routes), ({ path }) => path)).map(
  ([path, answering = []]) =>
    [path.replace('{username}', 'alice'), answering.map(({ method }) => method as string)] as const,
);

/** Paths that would be a username's, were they not an endpoint's. */
const spelledOut = paths
  .filter(([path, methods]) => /^\/[^/]+$/.test(path) && !methods.includes('GET'))
  .map(([path]) => path);

const unanswered = paths.flatMap(([path, methods], n) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => !methods.includes(method) && !(method === 'GET' && spelledOut.includes(path)))
    .map((method) => [method, n % 2 ? path : `${path}/`, methods.join(', ')] as const),
);

test.each([
  ['GET', '/me/bogus'],
  ['GET', '/alice/bogus/'],
  ['GET', '/token/refresh/more'],
  ['DELETE', '/a/b/c'],
  ['GET', '/../nowhere'],
  ['GET', '/../../elsewhere'],
])('answers 404 for %s %s', async (method, path) => {
  expectProblem(await send(method, path), 404, 'not_found');
});

test.each(unanswered)('answers 405 for %s %s and allows %s', async (method, path, allowed) => {
  const answer = await send(method, path);
  expectProblem(answer, 405, 'method_not_allowed');
  expect(answer.headers.allow).toBe(allowed);
});

test('looks at no token and no body', async () => {
  const { access } = await newUser();
  const hostile = { token: `${access}x` };
  expectProblem(await send('POST', '/nowhere/at/all', '{', hostile), 404, 'not_found');
  expectProblem(await send('POST', '/me', '{', hostile), 405, 'method_not_allowed');
});

test.each(spelledOut)('takes GET %s for the profile of a user who cannot exist: 404', async (path) => {
  expectProblem(await send('GET', path), 404, 'not_found');
  expectProblem(await send('GET', `${path}/?x=1`), 404, 'not_found');
});

test.each(paths)('answers the preflight of %s', async (path, methods) => {
  const answer = await send('OPTIONS', path, undefined, {
    headers: {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': methods[0] ?? '',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  expect([200, 204]).toContain(answer.status);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  expect(answer.headers['access-control-allow-methods']).toContain(methods.join(', '));
  expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toContain('authorization');
  expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toContain('content-type');
});
