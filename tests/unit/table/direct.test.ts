import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { listenOnLoopback } from '../../../local/service/loopback.ts';

/** What came in, and what to answer. */
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
let answer: RequestListener;

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  received.push({ headers: request.headers, body });
  answer(request, response);
});
const { endpoint, stop } = await listenOnLoopback(server);
Object.assign(process.env, {
  DYNAMODB_ENDPOINT: endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_SESSION_TOKEN: 'a token',
});
// What it loads reads the environment.
const { readDirectly } = await import('../../../lib/table/direct.ts');

afterAll(async () => {
  delete process.env.AWS_SESSION_TOKEN;
  await stop();
});

beforeEach(() => {
  received.length = 0;
  answer = (_, response) => response.end('{}');
});

const query = { TableName: 'users', ExpressionAttributeValues: { ':é': 'ü', ':n': 5 } };

const read = (signal?: AbortSignal) => readDirectly('Query', query, signal);

/** SHA-256 as the SDK wants it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

test('a call is signed as the SDK signs it', async () => {
  await read();
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  const signer = new SignatureV4({
    ...{ service: 'dynamodb', region: 'eu-central-1', applyChecksum: false },
    credentials: {
      ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: 'a token' },
    },
    sha256: Sha256 as never,
  });
  const date = String(headers['x-amz-date']);
  const { hostname, port } = new URL(endpoint);
  const signed = await signer.sign(
    {
      ...{ method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', query: {}, body },
      headers: {
        'content-type': String(headers['content-type']),
        host: String(headers.host),
        'x-amz-target': String(headers['x-amz-target']),
      },
    },
    { signingDate: new Date(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) },
  );
  expect(headers.authorization).toBe(signed.headers.authorization);
  expect(headers['x-amz-security-token']).toBe('a token');
});

test('values go out and come back as the database spells them', async () => {
  const item = { PK: { S: 'USER#é' }, n: { N: '12' }, none: { NULL: true } };
  answer = (_, response) =>
    response.end(JSON.stringify({ Items: [item], LastEvaluatedKey: { PK: { S: 'b' } }, Count: 1 }));
  expect(await read()).toEqual({
    Items: [{ PK: 'USER#é', n: 12, none: null }],
    LastEvaluatedKey: { PK: 'b' },
    Count: 1,
  });
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    TableName: 'users',
    ExpressionAttributeValues: { ':é': { S: 'ü' }, ':n': { N: '5' } },
  });
});

const failures: Record<string, RequestListener> = {
  'a refusal': (_, response) => response.writeHead(400).end('{"__type":"ThrottlingException"}'),
  'a server that fails': (_, response) => response.writeHead(500).end(),
  'an answer that is no JSON': (_, response) => response.end('{"Items": ['),
  'an answer with bytes': (_, response) => response.end('{"Items": [{ "data": {"B":"AQI="} }]}'),
  'an answer that breaks off': (_, response) => {
    response.writeHead(200, { 'Content-Length': '100' }).write('{}');
    setTimeout(() => response.destroy(), 10);
  },
  'a connection that breaks': (request) => request.socket.destroy(),
};

test.each(Object.entries(failures))('%s is left to the SDK', async (_, failure) => {
  answer = failure;
  expect(await read()).toBeUndefined();
});

test('a call ends with the time of its request', async () => {
  answer = () => {};
  const start = performance.now();
  expect(await read(AbortSignal.timeout(50))).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1500);
});

test('without credentials in the environment, the SDK has to find them', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
  expect(await read()).toBeUndefined();
  vi.unstubAllEnvs();
  expect(received).toEqual([]);
});
