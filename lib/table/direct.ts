import { createHmac, hash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { config } from '../config.ts';

/** What a command of the document client has: the values of items are plain ones. */
type Input = Record<string, unknown>;

type Output = Record<string, unknown>;

/** Milliseconds until a call is given up: then the SDK has its own tries. */
const TIMEOUT = 2000;

/** Where items, keys and values lie in what these operations take and answer. */
const ITEMS = new Set(['Key', 'ExclusiveStartKey', 'ExpressionAttributeValues', 'Item', 'LastEvaluatedKey']);

/** No item of ours has values of bytes, which would have to be decoded. */
const BYTES = /"(?:B|BS)":/;

/** Regions whose addresses end otherwise are the SDK's business. */
const COMMERCIAL = /^(?!cn-|us-iso|eu-isoe)[a-z0-9-]+$/;

const endpoint = endpointOf(config.DYNAMODB_ENDPOINT, process.env.AWS_REGION);
const agentOptions = { keepAlive: true, maxSockets: 256 };
const agent = endpoint?.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);

/**
 * Sends one read to DynamoDB without the SDK, which takes more processor time for it than all else that a request
 * does. Nothing but a plain success counts: whatever else comes of it, `undefined`, and the SDK asks again, with its own
 * tries and errors. Reads bear being sent twice.
 */
export async function readDirectly(
  operation: string,
  input: Input,
  signal: AbortSignal | undefined,
): Promise<Output | undefined> {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  if (!endpoint || !id || !secret) return undefined;
  const body = JSON.stringify(toWire(input));
  const headers = sign(operation, body, { id, secret, token });
  try {
    const answer = await post(headers, body, signal);
    if (answer === undefined || BYTES.test(answer)) return undefined;
    return fromWire(JSON.parse(answer));
  } catch {
    return undefined;
  }
}

function endpointOf(given: string | undefined, region: string | undefined): URL | undefined {
  if (given) return new URL(given);
  return region && COMMERCIAL.test(region) ? new URL(`https://dynamodb.${region}.amazonaws.com`) : undefined;
}

function toWire(input: Input): Input {
  return mapMembers(input, (name, value) => {
    if (ITEMS.has(name)) return marshall(value as Input);
    if (name === 'RequestItems') {
      return mapMembers(value as Input, (_, wanted) => {
        const { Keys, ...rest } = wanted as { Keys: Input[] };
        return { Keys: Keys.map((key) => marshall(key)), ...rest };
      });
    }
    return value;
  });
}

function fromWire(output: Output): Output {
  return mapMembers(output, (name, value) => {
    if (ITEMS.has(name)) return unmarshall(value as never);
    if (name === 'Items') return (value as never[]).map((item) => unmarshall(item));
    if (name === 'Responses') {
      return mapMembers(value as Output, (_, items) => (items as never[]).map((item) => unmarshall(item)));
    }
    if (name === 'UnprocessedKeys') {
      return mapMembers(value as Output, (_, left) => {
        const { Keys, ...rest } = left as { Keys: never[] };
        return { Keys: Keys.map((key) => unmarshall(key)), ...rest };
      });
    }
    return value;
  });
}

const mapMembers = (members: Input, change: (name: string, value: unknown) => unknown): Input =>
  Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, change(name, value)]),
  );

interface Credentials {
  id: string;
  secret: string;
  token: string | undefined;
}

/** Signs a call (AWS Signature Version 4). */
function sign(operation: string, body: string, { id, secret, token }: Credentials): Record<string, string> {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const region = process.env.AWS_REGION ?? '';
  const signed: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: endpoint?.host ?? '',
    'x-amz-date': time,
    ...(token && { 'x-amz-security-token': token }),
    'x-amz-target': `DynamoDB_20120810.${operation}`,
  };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const request = `POST\n/\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`;
  const scope = `${day}/${region}/dynamodb/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', request)}`;
  const signature = createHmac('sha256', signingKey(secret, day, region))
    .update(text)
    .digest('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...signed, authorization, 'content-length': String(Buffer.byteLength(body)) };
}

let known: { of: string; key: Buffer } | undefined;

/** Derived once a day. */
function signingKey(secret: string, day: string, region: string): Buffer {
  const of = `${secret} ${day} ${region}`;
  if (known?.of === of) return known.key;
  const steps = [day, region, 'dynamodb', 'aws4_request'];
  const key = steps.reduce<Buffer>(
    (derived, step) => createHmac('sha256', derived).update(step).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  known = { of, key };
  return key;
}

/** The body of a success, else `undefined`. */
function post(headers: http.OutgoingHttpHeaders, body: string, signal: AbortSignal | undefined) {
  return new Promise<string | undefined>((resolve, reject) => {
    const { request: send } = endpoint?.protocol === 'https:' ? https : http;
    const options = { method: 'POST', agent, headers, timeout: TIMEOUT, ...(signal && { signal }) };
    const request = send(endpoint as URL, options, (response) => {
      if (response.statusCode !== 200) {
        response.resume().once('end', () => resolve(undefined));
        response.once('error', reject);
        return;
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => (response.complete ? resolve(text) : reject(new Error('It breaks off.'))));
      response.once('error', reject);
    });
    request.once('timeout', () => request.destroy(new Error('It takes too long.')));
    request.once('error', reject);
    request.end(body);
  });
}
