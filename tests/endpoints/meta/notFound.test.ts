import { expect, test } from 'vitest';
import { newUser, send } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';

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

test.each([
  ['PUT', '', 'GET'],
  ['GET', '/me/update', 'PATCH'],
  ['POST', '/me', 'GET'],
  ['DELETE', '/register', 'POST'],
  ['PUT', '/login/', 'POST'],
  ['GET', '/token/refresh', 'POST'],
  ['PATCH', '/logout', 'POST'],
  ['DELETE', '/follow', 'POST'],
  ['POST', '/following', 'GET'],
  ['POST', '/alice', 'GET'],
  ['POST', '/token', 'GET'],
  ['GET', '/alice/unfollow/', 'DELETE'],
  ['POST', '/alice/followers/', 'GET'],
  ['DELETE', '/alice/following', 'GET'],
  ['PUT', '/me/followers', 'GET'],
  ['PUT', '/me/following', 'GET'],
  ['POST', '/me/stats', 'GET'],
])('answers 405 for %s %s and allows %s', async (method, path, allowed) => {
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

test.each(['/login', '/register/', '/follow', '/logout', '/login?x=1'])(
  'takes GET %s for the profile of a user who cannot exist: 404',
  async (path) => {
    expectProblem(await send('GET', path), 404, 'not_found');
  },
);

test.each([
  ['/', 'GET'],
  ['/register/', 'POST'],
  ['/me/update', 'PATCH'],
  ['/alice/unfollow/', 'DELETE'],
])('answers the preflight of %s', async (path, method) => {
  const answer = await send('OPTIONS', path, undefined, {
    headers: {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  expect([200, 204]).toContain(answer.status);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['access-control-allow-methods']).toContain(method);
  expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toContain('authorization');
  expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toContain('content-type');
});
