/** The headers that every response has, of functions and of the gateway; a public document sets its own caching. */
export const STANDARD_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'X-Request-Id, Retry-After, Idempotency-Replayed, WWW-Authenticate, x-amzn-Remapped-WWW-Authenticate',
};
