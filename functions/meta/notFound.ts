import { edge } from '../../lib/http/edge.ts';
import { isRouted, methodsAt } from '../../lib/http/routes.ts';
import { ApiError, NOTHING_HERE } from '../../lib/problems.ts';

const ALLOWED_HEADERS = 'Authorization, Content-Type, Idempotency-Key';
const PREFLIGHT_LIFETIME = 2 * 60 * 60;

/** Answers whatever no endpoint answers: 404, 405 with `Allow`, and the preflights of browsers. */
export const handler = edge('notFound', async ({ path, httpMethod }) => {
  const methods = methodsAt(path);
  if (methods.length === 0) throw new ApiError('not_found', { detail: NOTHING_HERE });
  // GET /careers/users/login: the gateway knows /login by POST alone, so to a reader it is the profile of a user who
  // cannot exist.
  if (isRouted(httpMethod, path)) throw new ApiError('not_found');
  if (httpMethod !== 'OPTIONS') throw new ApiError('method_not_allowed', { allow: methods });
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
