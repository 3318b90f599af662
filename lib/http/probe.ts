import * as v from 'valibot';
import { BASE_PATH, type OperationId, routes } from './routes.ts';

/** What a function answers the gateway. */
const Answer = v.object({
  statusCode: v.number(),
  headers: v.record(v.string(), v.unknown()),
  body: v.string(),
});

const NOBODY = 'nobody';

/**
 * A request to an endpoint that changes nothing and needs nobody: without a token, without a body. `undefined` for what
 * is no endpoint. Its answer shows whether a version of the function starts, finds its environment, and answers at all.
 */
export function probeOf(name: string): object | undefined {
  const route = routes[name as OperationId];
  if (!route) return undefined;
  const pathParameters = Object.fromEntries(
    [...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => [parameter, NOBODY]),
  );
  return {
    httpMethod: route.method,
    path: `${BASE_PATH}${route.path.replace(/\{\w+\}/g, NOBODY)}`,
    resource: `${BASE_PATH}${route.path}`,
    pathParameters,
    headers: {},
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    requestContext: { requestId: 'probe', identity: { sourceIp: '127.0.0.1' } },
    body: null,
    isBase64Encoded: false,
  };
}

/** What is wrong with the answer to a probe; nothing with one that a client could be given. */
export function faultIn(answer: unknown): string | undefined {
  const { success, output } = v.safeParse(Answer, answer);
  if (!success) return 'It answers nothing that the gateway understands.';
  if (output.statusCode >= 500) return `It answers ${output.statusCode}.`;
  if (output.headers['X-Request-Id'] !== 'probe') return 'Its answer does not carry the id of the request.';
  return undefined;
}
