interface Header {
  description: string;
  required: boolean;
  schema: Record<string, unknown>;
  example: string | number;
}

/** Every response header that a client may build on. */
export const headers: Record<string, Header> = {
  'X-Request-Id': {
    description: 'Names this request in our logs: quote it when something is wrong.',
    required: true,
    schema: { type: 'string', minLength: 1 },
    example: '7f6d0a0c-3d0c-4a53-9d07-2a6f5b9b3c51',
  },
  'X-Content-Type-Options': {
    description: 'Browsers take the media type as it is declared.',
    required: true,
    schema: { const: 'nosniff' },
    example: 'nosniff',
  },
  'Strict-Transport-Security': {
    description: 'Browsers use HTTPS for this host from now on.',
    required: true,
    schema: { type: 'string' },
    example: 'max-age=63072000; includeSubDomains',
  },
  'Access-Control-Allow-Origin': {
    description: 'Pages of every origin may call; preflight requests are answered.',
    required: true,
    schema: { const: '*' },
    example: '*',
  },
  'Cache-Control': {
    description: '`no-store` on everything but the public documents.',
    required: true,
    schema: { type: 'string', examples: ['no-store', 'public, max-age=900'] },
    example: 'no-store',
  },
  'Retry-After': {
    description: 'Seconds until another try makes sense.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    example: 1,
  },
  'WWW-Authenticate': {
    description:
      '`Bearer`; with `error="invalid_token"` where a token was refused (RFC 6750). API Gateway itself hands it on as `x-amzn-Remapped-WWW-Authenticate`.',
    required: true,
    schema: { type: 'string', pattern: '^Bearer( error="invalid_token")?$' },
    example: 'Bearer error="invalid_token"',
  },
  Allow: {
    description: 'The methods that this address answers, separated by commas.',
    required: true,
    schema: { type: 'string', pattern: '^[A-Z]+(, [A-Z]+)*$' },
    example: 'GET',
  },
  ETag: {
    description: 'Names this state of the document; send it back in `If-None-Match`.',
    required: true,
    schema: { type: 'string', pattern: '^"[^"]+"$' },
    example: '"q0hYbXnEXu3pXSsqeDTCFw"',
  },
};

/** A reference to a header of the components. */
export const header = (name: string) => ({ $ref: `#/components/headers/${name}` });

/** The headers of every response. */
export const standardHeaders = Object.fromEntries(
  ['X-Request-Id', 'X-Content-Type-Options', 'Strict-Transport-Security', 'Access-Control-Allow-Origin'].map(
    (name) => [name, header(name)],
  ),
);
