import { STANDARD_HEADERS } from '../lib/http/headers.ts';

/** What each response header is that a client may build on. */
const HEADERS: Record<
  string,
  { description: string; required?: boolean; schema: object; example: string | number }
> = {
  'X-Request-Id': {
    description: 'Names this request in our logs: quote it when something is wrong.',
    schema: { type: 'string', minLength: 1 },
    example: '7f6d0a0c-3d0c-4a53-9d07-2a6f5b9b3c51',
  },
  'X-Content-Type-Options': {
    description: 'Browsers take the media type as it is declared.',
    ...fixed('X-Content-Type-Options'),
  },
  'Strict-Transport-Security': {
    description: 'Browsers use HTTPS for this host from now on.',
    schema: { type: 'string' },
    example: STANDARD_HEADERS['Strict-Transport-Security'],
  },
  'Access-Control-Allow-Origin': {
    description: 'Pages of every origin may call; preflight requests are answered.',
    ...fixed('Access-Control-Allow-Origin'),
  },
  'Access-Control-Expose-Headers': {
    description: 'The headers that pages of other origins may read.',
    ...fixed('Access-Control-Expose-Headers'),
  },
  'Cache-Control': {
    description: '`no-store` on everything but the public documents.',
    schema: { type: 'string', examples: [STANDARD_HEADERS['Cache-Control'], 'public, max-age=900'] },
    example: STANDARD_HEADERS['Cache-Control'],
  },
  'Retry-After': {
    description: 'Seconds until another try makes sense.',
    schema: { type: 'integer', format: 'int32', minimum: 1 },
    example: 1,
  },
  'WWW-Authenticate': {
    description:
      '`Bearer`; with `error="invalid_token"` where a token was refused (RFC 6750). API Gateway itself hands it on as `x-amzn-Remapped-WWW-Authenticate`.',
    schema: { type: 'string', pattern: '^Bearer( error="invalid_token")?$' },
    example: 'Bearer error="invalid_token"',
  },
  Allow: {
    description: 'The methods that this address answers, separated by commas.',
    schema: { type: 'string', pattern: '^[A-Z]+(, [A-Z]+)*$' },
    example: 'GET',
  },
  'Idempotency-Replayed': {
    description: 'The request took effect before, and this is what it was answered then.',
    required: false,
    schema: { type: 'string', const: 'true' },
    example: 'true',
  },
  ETag: {
    description: 'Names this state of the document; send it back in `If-None-Match`.',
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: '"q0hYbXnEXu3pXSsqeDTCFw"',
  },
  Vary: {
    description:
      'What of a request the answer depends on: large ones are compressed for those who take that.',
    required: false,
    schema: { type: 'string' },
    example: 'Accept-Encoding',
  },
  'Content-Security-Policy': {
    description:
      'What the page may load and do: nothing that did not come with it, but for calls of its own host.',
    schema: { type: 'string' },
    example: "default-src 'none'",
  },
  'Referrer-Policy': {
    description: 'Links from the page do not say where they come from.',
    schema: { type: 'string', const: 'no-referrer' },
    example: 'no-referrer',
  },
};

function fixed(name: keyof typeof STANDARD_HEADERS) {
  return { schema: { type: 'string', const: STANDARD_HEADERS[name] }, example: STANDARD_HEADERS[name] };
}

/** The headers of the components. */
export const headers = Object.fromEntries(
  Object.entries(HEADERS).map(([name, header]) => [name, { required: true, ...header }]),
);

/** References to the headers of every response, and to those of these names. */
export function headersOf(...names: string[]) {
  const standard = Object.keys(HEADERS).filter((name) => name in STANDARD_HEADERS);
  return Object.fromEntries(
    ['X-Request-Id', ...standard, 'Vary', ...names].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );
}
