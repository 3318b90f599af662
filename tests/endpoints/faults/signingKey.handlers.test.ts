import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, inject, test } from 'vitest';
import { post, registration } from '../../support/api.ts';
import { findContradictions, readTable } from '../../support/tableAudit.ts';

const keys = await readFile(String(process.env.SIGNING_KEYS_FILE), 'utf8');

const hands_out_the_keys: RequestListener = (_, response) => {
  response
    .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify({ Parameter: { Value: keys } }));
};

const refuses =
  (status: number, __type: string): RequestListener =>
  (_, response) =>
    response
      .writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify({ __type, message: 'A refusal that a test asked for' }));

let answer: RequestListener = hands_out_the_keys;
const parameterStore = createServer((request, response) => answer(request, response));
await new Promise<void>((ready) => parameterStore.listen(0, '127.0.0.1', ready));
delete process.env.SIGNING_KEYS_FILE;
process.env.SIGNING_KEYS_PARAMETER = '/users-api/test/signing-keys';
process.env.AWS_ENDPOINT_URL_SSM = `http://127.0.0.1:${(parameterStore.address() as AddressInfo).port}`;

afterAll(() => {
  parameterStore.closeAllConnections();
  parameterStore.close();
});

// In one test, for the key stays loaded once it could be read.
test('registers nobody while the signing key cannot be read, and everybody as soon as it can', async () => {
  const body = registration();
  const register = () => post('/register/', body, { time_left: 3000 });

  answer = refuses(500, 'InternalServerError');
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  answer = refuses(400, 'ThrottlingException');
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  answer = (request) => request.socket.destroy();
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  answer = () => {};
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  answer = refuses(400, 'ParameterNotFound');
  expect((await register()).body).toMatchObject({ status: 500, code: 'internal_error' });

  answer = hands_out_the_keys;
  expect((await register()).status).toBe(201);
  expect(findContradictions(await readTable(inject('database'), String(process.env.TABLE_NAME)))).toEqual([]);
});
