import { ApiError, MethodNotAllowed } from '../../lib/errors.ts';
import { edge } from '../../lib/http/edge.ts';
import { isRouted, methodsAt } from '../../lib/http/routes.ts';

const ALLOWED_HEADERS = 'Authorization, Content-Type';
const PREFLIGHT_LIFETIME = 2 * 60 * 60;

/** Answers whatever no endpoint answers: 404, 405 with `Allow`, and the preflights of browsers. */
export const handler = edge('notFound', [], async ({ path, httpMethod }) => {
  const methods = methodsAt(path);
  if (methods.length === 0) throw new ApiError('not_found', 'There is nothing at this address.');
  if (isRouted(httpMethod, path)) throw new ApiError('not_found', 'There is no such user.');
  if (httpMethod !== 'OPTIONS') throw new MethodNotAllowed(methods);
  return {
    statusCode: 204,
    headers: {
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_LIFETIME),
    },
    body: '',
  };
});
