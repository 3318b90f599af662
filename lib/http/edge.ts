import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { withDeadline } from '../deadline.ts';
import { Defect, Unavailable } from '../errors.ts';
import { log } from '../log.ts';
import { type Consumption, metered } from '../table/meter.ts';
import { type Problem, toProblem } from './problems.ts';
import type { OperationId } from './routes.ts';

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

type Handle = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** What a client is told when the function is about to run out of time. */
const timeoutEarlyResponse = () => {
  throw new Unavailable(new Error('The time of the function is spent.'));
};

/**
 * What every function has around its work: lower-case request headers, the standard response headers, errors as
 * problems, and one log line with what the request cost. `middlewares` run before `handle`, in their order.
 */
export function edge(operation: OperationId | 'notFound', middlewares: Middleware[], handle: Handle) {
  const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>(handle, { timeoutEarlyResponse }).use([
    standardHeaders(),
    problemResponses(),
    lowerCaseHeaders(),
    ...middlewares,
  ]);

  return (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> =>
    metered(async (consumption) => {
      const start = performance.now();
      const response = await withDeadline(context.getRemainingTimeInMillis(), () => handler(event, context));
      logRequest(operation, event, response, consumption, performance.now() - start);
      return response;
    });
}

const STANDARD_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After, WWW-Authenticate',
};

/** Makes the header names of a request lower case: HTTP does not tell cases apart, the event does. */
const lowerCaseHeaders = (): Middleware => ({
  before: ({ event }) => {
    const headers = Object.entries(event.headers ?? {});
    event.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  },
});

/** Puts on every response, problems too, the headers that all have; what the endpoint set itself stays. */
const standardHeaders = (): Middleware => {
  const addHeaders: NonNullable<Middleware['after']> = ({ event, response }) => {
    if (!response) return;
    const { requestId } = event.requestContext;
    response.headers = { ...STANDARD_HEADERS, 'X-Request-Id': requestId, ...response.headers };
  };
  return { after: addHeaders, onError: addHeaders };
};

/** The one place where an error becomes a response. Defects are logged, without the data that they met. */
const problemResponses = (): Middleware => ({
  onError: (request) => {
    const { problem, headers } = toProblem(request.error);
    if (problem.status === 500) logDefect(request.error);
    request.response = {
      statusCode: problem.status,
      headers: { 'Content-Type': 'application/problem+json', ...headers },
      body: JSON.stringify(problem),
    };
  },
});

/** Messages of foreign errors may quote values; where it happened tells enough. */
function logDefect(error: unknown) {
  const { name, stack = '' } =
    error instanceof Error ? error : new Error('Something other than an error was thrown');
  const frames = stack.split('\n').filter((frame) => frame.trimStart().startsWith('at '));
  log.error('defect', {
    error_name: name,
    frames,
    ...(error instanceof Defect && { reason: error.message }),
  });
}

function logRequest(
  operation: string,
  event: APIGatewayProxyEvent,
  { statusCode, body }: APIGatewayProxyResult,
  { trips, read_units, write_units }: Consumption,
  duration: number,
) {
  const failed = statusCode >= 400;
  log.info('request', {
    operation,
    request_id: event.requestContext.requestId,
    status: statusCode,
    ...(failed && { code: (JSON.parse(body) as Problem).code }),
    duration_ms: Math.round(duration * 10) / 10,
    trips,
    read_units,
    write_units,
  });
}
