import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STANDARD_HEADERS } from '../../../../lib/http/headers.ts';
import { freePort } from '../../../../local/service/ports.ts';
import { killAll, type Place, type Started, serve } from '../../../support/startedService.ts';

let place: Place;
let service: Started;

beforeAll(async () => {
  const data = await mkdtemp(join(tmpdir(), 'users-api-crashes-'));
  place = { data, http_port: await freePort(), lambda_port: await freePort() };
  service = await serve(join(import.meta.dirname, 'crashes'), place);
});

afterAll(async () => {
  killAll(service);
  await rm(place.data, { recursive: true, force: true });
});

/** Sends the path as it is; fetch would put it right. */
async function get(path: string) {
  const sent = request({ port: place.http_port, path }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = JSON.parse((await response.toArray()).join(''));
  return { status: response.statusCode, headers: response.headers, body };
}

const lowerCase = (headers: object) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

async function expectProblem(path: string, status: number, code: string) {
  const answer = await get(path);
  expect(answer.body).toMatchObject({ type: 'about:blank', status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    ...lowerCase(STANDARD_HEADERS),
    'content-type': 'application/problem+json',
    'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
  });
}

test('a path with a malformed escape is a problem like any other', async () => {
  await expectProblem('/answers/%zz/', 400, 'invalid');
});

test('an exception in a handler is an internal error', async () => {
  await expectProblem('/fails', 500, 'internal_error');
  await expect.poll(service.output).toContain('thrown by the handler');
});

test('a function that crashes or never ends is given up, and the service goes on', async () => {
  await Promise.all([
    expectProblem('/ends', 503, 'unavailable'),
    expectProblem('/throws', 503, 'unavailable'),
    expectProblem('/hangs', 503, 'unavailable'),
  ]);
  await expect.poll(service.output).toContain('thrown past the handler');
  expect(await get('/answers')).toMatchObject({ status: 200 });
});
