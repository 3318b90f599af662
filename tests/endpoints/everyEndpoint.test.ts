import { beforeAll, describe, expect, test } from 'vitest';
import { door, get, newUser, patch, post, registration, send, type TestUser } from '../support/api.ts';
import { expectProblem } from '../support/problems.ts';

let user: TestUser;

beforeAll(async () => {
  user = await newUser();
});

const requests = (): [method: string, path: string, body?: unknown][] => [
  ['POST', '/register', registration()],
  ['POST', '/login', { username: user.username, password: user.password }],
  ['POST', '/token/refresh', { refresh: user.refresh }],
  ['GET', ''],
  ['GET', `/${user.username}`],
  ['GET', '/me'],
  ['PATCH', '/me/update', { bio: 'x' }],
  ['POST', '/follow', { following: user.id }],
  ['DELETE', `/${user.username}/unfollow`],
  ['GET', '/following'],
  ['GET', `/${user.username}/followers`],
  ['GET', `/${user.username}/following`],
  ['GET', '/me/followers'],
  ['GET', '/me/following'],
  ['GET', '/me/stats'],
  ['POST', '/logout', { refresh: user.refresh }],
  ['GET', '/no/such/address'],
];

test('answers the same with and without a trailing slash', async () => {
  for (const [method, path, body] of requests()) {
    const [plain, slashed] = [
      await send(method, path, body, { token: user.access }),
      await send(method, `${path}/`, method === 'POST' && path === '/register' ? registration() : body, {
        token: user.access,
      }),
    ];
    expect([path, slashed.status, slashed.body?.code]).toEqual([path, plain.status, plain.body?.code]);
    expect(Object.keys(slashed.body)).toEqual(Object.keys(plain.body));
  }
});

test('sends the standard headers with every answer, problems too', async () => {
  for (const [method, path, body] of requests()) {
    for (const token of [user.access, 'bad']) {
      const { headers, body: answered } = await send(method, path, body, { token });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
        'access-control-allow-origin': '*',
        'x-request-id': expect.stringMatching(/^[\w-]{8,}$/),
        'content-type': expect.stringContaining(
          answered.code ? 'application/problem+json' : 'application/json',
        ),
      });
    }
  }
});

test('has a new request id for every request', async () => {
  const [first, second] = [await get('/me/'), await get('/me/')];
  expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
});

describe('a body', () => {
  const endpoints = (): [string, string, string | undefined][] => [
    ['POST', '/register/', undefined],
    ['POST', '/login/', undefined],
    ['POST', '/token/refresh/', undefined],
    ['POST', '/logout/', user.access],
    ['PATCH', '/me/update/', user.access],
    ['POST', '/follow/', user.access],
  ];

  const everywhere = async (body: string | undefined, status: number, code: string, headers = {}) => {
    for (const [method, path, token] of endpoints()) {
      expectProblem(await send(method, path, body, { token, headers }), status, code);
    }
  };

  test.each(['{', '{"a":}', 'nonsense', "{'a':1}", '{"a":1}}', '\u0000', '{"__proto__":{}}'])(
    'that is bad JSON answers parse_error: %j',
    (body) => everywhere(body, 400, 'parse_error'),
  );

  /** serverless-offline takes the quotes off a JSON string before the function sees it. */
  const texts = door === 'http' ? [] : ['"text"'];

  test.each(['[]', '5', 'null', 'true', ...texts])('that is no object answers invalid: %s', (body) =>
    everywhere(body, 400, 'invalid'),
  );

  test('that is missing answers invalid', async () => {
    await everywhere(undefined, 400, 'invalid');
    await everywhere('', 400, 'invalid');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
  ])('of type %s answers unsupported_media_type', (type) =>
    everywhere('{}', 415, 'unsupported_media_type', { 'Content-Type': type }),
  );

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/merge-patch+json'])(
    'of type %s is JSON',
    async (type) => {
      const headers = { 'Content-Type': type };
      expect((await patch('/me/update/', { bio: 'y' }, { token: user.access, headers })).status).toBe(200);
    },
  );

  test('over 64 KiB answers payload_too_large', async () => {
    await everywhere(JSON.stringify({ bio: 'x'.repeat(64 * 1024) }), 413, 'payload_too_large');
    await everywhere(`{}${' '.repeat(64 * 1024 - 1)}`, 413, 'payload_too_large');
  });

  test('of exactly 64 KiB is taken', async () => {
    const body = `{}${' '.repeat(64 * 1024 - 2)}`;
    expect((await patch('/me/update/', body, { token: user.access })).status).toBe(200);
  });

  test.each(['[', '{"a":'])('nested as deep as it may get is refused politely: %s', async (opening) => {
    const depth = Math.floor(64_000 / (opening.length + 1));
    const closing = opening === '[' ? ']' : '}';
    const nested = opening.repeat(depth) + (opening === '[' ? '' : '1') + closing.repeat(depth);
    for (const body of [
      nested,
      `{"bio":${nested}}`.slice(0, 64 * 1024),
      opening.repeat(30_000).slice(0, 60_000),
    ]) {
      for (const [method, path, token] of endpoints()) {
        const answer = await send(method, path, body, { token });
        expect(answer.status === 200 || answer.status === 400, `${answer.status} for ${path}`).toBe(true);
      }
    }
  });
});

describe('a token', () => {
  const required = () =>
    requests().filter(([, path]) => /logout|me|follow$|unfollow|^\/following/.test(path));
  const optional = () =>
    requests().filter(
      ([, path]) => ['', `/${user.username}`].includes(path) || /er-.*\/follow(ers|ing)$/.test(path),
    );

  test('is required where the contract says so', async () => {
    expect(required().length).toBe(9);
    for (const [method, path, body] of required()) {
      for (const headers of [{}, { Authorization: '' }, { Authorization: '  ' }]) {
        const answer = await send(method, path, body, { headers });
        expectProblem(answer, 401, 'not_authenticated');
      }
    }
  });

  test('is optional where the contract says so', async () => {
    expect(optional().length).toBe(4);
    for (const [method, path] of optional()) {
      expect((await send(method, path)).status).toBe(200);
      expect((await send(method, path, undefined, { headers: { Authorization: '' } })).status).toBe(200);
    }
  });

  test.each([
    ['Bearer', () => 'Bearer'],
    ['Bearer with spaces', () => 'Bearer   '],
    ['Basic', () => 'Basic YWxpY2U6cGFzc3dvcmQ='],
    ['Token', () => `Token ${user.access}`],
    ['bare', () => user.access],
    ['garbage', () => 'Bearer garbage'],
    ['cut', () => `Bearer ${user.access.slice(0, -2)}`],
    ['two', () => `Bearer ${user.access} ${user.access}`],
    ['refresh', () => `Bearer ${user.refresh}`],
  ])('that is wrong is refused, where it is optional too: %s', async (_, header) => {
    for (const [method, path, body] of [...required(), ...optional()]) {
      const answer = await send(method, path, body, { headers: { Authorization: header() } });
      expectProblem(answer, 401, 'token_not_valid');
    }
  });

  test('is not looked at where none is taken', async () => {
    for (const path of ['/login/', '/token/refresh/', '/register/']) {
      const answer = await post(path, {}, { token: 'garbage' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } });
    }
  });

  test.each(['bearer', 'BEARER'])('may come with the scheme spelled %s', async (scheme) => {
    const headers = { Authorization: `${scheme} ${user.access}` };
    expect((await get('/me/', { headers })).status).toBe(200);
  });
});
