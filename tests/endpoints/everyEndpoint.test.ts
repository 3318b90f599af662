import { describe, expect, test } from 'vitest';
import { get, send, transport } from '../support/api.ts';
import { exampleRequests, sendExample } from '../support/examples.ts';
import { expectProblem } from '../support/problems.ts';
import { changeProfile, newUser } from '../support/users.ts';

const user = await newUser();
const token = user.access;
const endpoints = await exampleRequests(user, await newUser());

const required = endpoints.filter(({ caller }) => caller === 'required');
const optional = endpoints.filter(({ caller }) => caller === 'optional');
const open = endpoints.filter(({ caller }) => caller === 'none');
const withBody = endpoints.filter(({ body }) => body);

test('answers the same with and without a trailing slash', async () => {
  const asked = async (slash: string) => {
    const caller = await newUser();
    const answers: unknown[] = [];
    for (const example of await exampleRequests(caller, await newUser())) {
      const { access: token } = caller;
      const answer = await sendExample({ ...example, path: `${example.path}${slash}` }, { token });
      answers.push([answer.status, Object.keys(answer.body ?? {})]);
    }
    const nowhere = await get(`/no/such/address${slash}`);
    return [...answers, [nowhere.status, nowhere.body.code]];
  };
  expect(await asked('/')).toEqual(await asked(''));
});

test('sends the standard headers with every answer, problems too', async () => {
  for (const endpoint of endpoints) {
    for (const options of [{ token: user.access }, { headers: { Authorization: 'Bearer bad' } }]) {
      const { headers, body } = await sendExample(endpoint, options);
      const media_type = body?.code ? 'application/problem+json' : endpoint.media_type;
      expect(headers).toMatchObject({
        'cache-control': endpoint.is_document ? expect.stringMatching(/^public, max-age=\d+$/) : 'no-store',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
        'access-control-allow-origin': '*',
        'access-control-expose-headers': expect.stringContaining(
          'WWW-Authenticate, x-amzn-Remapped-WWW-Authenticate',
        ),
        // Deployment 9: the gateway compresses documents too, so that a cache must tell the encodings apart.
        ...(endpoint.is_document && { vary: expect.stringMatching(/^Accept-Encoding\b/) }),
        'x-request-id': expect.stringMatching(/^[\w-]{8,}$/),
        'content-type': expect.stringContaining(media_type),
      });
    }
  }
});

test('has a new request id for every request', async () => {
  const [first, second] = [await get('/me/'), await get('/me/')];
  expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
});

describe('a body', () => {
  const everywhere = async (body: string | undefined, status: number, code: string, headers = {}) => {
    for (const { method, path } of withBody) {
      expectProblem(await send(method, path, body, { token, headers }), status, code);
    }
  };

  test.each(['{', '{"a":}', 'nonsense', "{'a':1}", '{"a":1}}', '\u0000'])(
    'that is bad JSON answers parse_error: %j',
    (body) => everywhere(body, 400, 'parse_error'),
  );

  /** serverless-offline takes the quotes off a JSON string before the function sees it. */
  const texts = transport === 'http' ? [] : ['"text"'];

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
      expect((await changeProfile(user, { bio: 'y' }, { headers })).status).toBe(200);
    },
  );

  test('over 64 KiB answers payload_too_large', async () => {
    await everywhere(JSON.stringify({ bio: 'x'.repeat(64 * 1024) }), 413, 'payload_too_large');
    await everywhere(`{}${' '.repeat(64 * 1024 - 1)}`, 413, 'payload_too_large');
  });

  test('of exactly 64 KiB is taken', async () => {
    const body = `{}${' '.repeat(64 * 1024 - 2)}`;
    expect((await changeProfile(user, body)).status).toBe(200);
  });

  test.each(['[', '{"a":'])('nested as deeply as fits is refused politely: %s', async (opening) => {
    const depth = Math.floor(64_000 / (opening.length + 1));
    const closing = opening === '[' ? ']' : '}';
    const nested = opening.repeat(depth) + (opening === '[' ? '' : '1') + closing.repeat(depth);
    for (const body of [
      nested,
      `{"bio":${nested}}`.slice(0, 64 * 1024),
      opening.repeat(30_000).slice(0, 60_000),
    ]) {
      for (const { method, path } of withBody) {
        const answer = await send(method, path, body, { token });
        expect(answer.status === 200 || answer.status === 400, `${answer.status} for ${path}`).toBe(true);
      }
    }
  });
});

describe('a token', () => {
  test.each(required)('is required by $operation', async (endpoint) => {
    for (const headers of [{}, { Authorization: '' }, { Authorization: '  ' }]) {
      expectProblem(await sendExample(endpoint, { headers }), 401, 'not_authenticated');
    }
  });

  test.each(optional)('may be missing for $operation', async (endpoint) => {
    expect((await sendExample(endpoint)).status).toBe(200);
    expect((await sendExample(endpoint, { headers: { Authorization: '' } })).status).toBe(200);
  });

  test.each([
    ['Bearer', 'Bearer'],
    ['Bearer with spaces', 'Bearer   '],
    ['Basic', 'Basic YWxpY2U6cGFzc3dvcmQ='],
    ['Token', `Token ${user.access}`],
    ['bare', user.access],
    ['garbage', 'Bearer garbage'],
    ['cut', `Bearer ${user.access.slice(0, -2)}`],
    ['two', `Bearer ${user.access} ${user.access}`],
    ['refresh', `Bearer ${user.refresh}`],
  ])('that is wrong is refused, where it is optional too: %s', async (_, Authorization) => {
    for (const endpoint of [...required, ...optional]) {
      const answer = await sendExample(endpoint, { headers: { Authorization } });
      expectProblem(answer, 401, 'token_not_valid');
    }
  });

  test.each(open)('is not looked at by $operation', async ({ method, path, query, body }) => {
    const answer = await send(method, `${path}${query}`, body && {}, { token: 'garbage' });
    expect(answer.status).toBe(body ? 400 : 200);
  });

  test.each(['bearer', 'BEARER'])('may come with the scheme spelled %s', async (scheme) => {
    const headers = { Authorization: `${scheme} ${user.access}` };
    expect((await get('/me/', { headers })).status).toBe(200);
  });
});

test('the examples of all endpoints succeed', async () => {
  const caller = await newUser();
  for (const endpoint of await exampleRequests(caller, await newUser())) {
    const { status, text } = await sendExample(endpoint, { token: caller.access });
    expect(status, `${endpoint.operation}: ${text.slice(0, 200)}`).toBeLessThan(300);
  }
});
