import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { withDeadline } from '../deadline.ts';
import { log, nameOf, placesOf } from '../log.ts';
import { consumption, metered } from '../meter.ts';
import { counting, type LineMetrics, metricsOf } from '../metrics.ts';
import { ApiError, Defect, toProblem } from '../problems.ts';
import { STANDARD_HEADERS } from './headers.ts';
import type { OperationId } from './routes.ts';

/** What the middlewares tell one another about a request. */
type Internal = {
  start: number;
  /** What the thread had used of its processor at the start. */
  used: NodeJS.CpuUsage;
  /** What the client was told instead of an answer. */
  failure?: ApiError;
};

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, Internal>;
type Hook = NonNullable<Middleware['after']>;

type Handle = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** What a client is told when the function is about to run out of time. */
const timeoutEarlyResponse = () => {
  throw new ApiError('unavailable', { cause: new Error('The function has run out of time.') });
};

/**
 * What every endpoint has around its work: lower-case request headers, the standard response headers, errors as
 * problems, and one log line with what the request cost.
 */
export function edge(operation: OperationId | 'notFound', handle: Handle) {
  // What runs after the work runs in reverse: a failure becomes a problem, gets the standard headers, and is logged.
  const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, Internal>(handle, {
    timeoutEarlyResponse,
  }).use([requestLine(operation), standardHeaders, problemResponses, lowerCaseHeaders]);

  return (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> =>
    metered(() => withDeadline(context.getRemainingTimeInMillis(), () => handler(event, context)));
}

/** Makes the header names of a request lower case: HTTP does not tell cases apart, the event does. */
const lowerCaseHeaders: Middleware = {
  before: (request) => {
    const headers = Object.entries(request.event.headers ?? {});
    const lowered = headers.map(([name, value]) => [name.toLowerCase(), value]);
    request.event = { ...request.event, headers: Object.fromEntries(lowered) };
  },
};

const addStandardHeaders: Hook = (request) => {
  const { event, response } = request;
  if (!response) return;
  const { requestId } = event.requestContext;
  // A new object: an endpoint may answer every request with one and the same.
  const headers = { ...STANDARD_HEADERS, 'X-Request-Id': requestId, ...response.headers };
  request.response = { ...response, headers };
};

/** Puts on every response, problems too, the headers that all have; what the endpoint set itself stays. */
const standardHeaders: Middleware = { after: addStandardHeaders, onError: addStandardHeaders };

/** The one place where an error becomes a response. What is no {@link ApiError} is a defect, and nothing of it shows. */
const problemResponses: Middleware = {
  onError: (request) => {
    const { error } = request;
    const failure = error instanceof ApiError ? error : new ApiError('internal_error', { cause: error });
    const { problem, headers } = toProblem(failure);
    request.internal.failure = failure;
    request.response = { statusCode: problem.status, headers, body: JSON.stringify(problem) };
  },
};

/** What the line of a request says in metrics: how long an operation takes, who fails how, and what all cost. */
const requestMetrics = (is_first: boolean, failure: ApiError | undefined): LineMetrics[] => [
  { metrics: { duration_ms: 'Milliseconds' }, by: ['operation'] },
  { metrics: { read_units: 'Count', write_units: 'Count', ...(is_first && { cold_starts: 'Count' }) } },
  ...(failure ? [{ metrics: { failures: 'Count' }, by: ['code'] } satisfies LineMetrics] : []),
];

/** One line for each request with its outcome and what it cost, `own_ms` of processor time included; defects get one more, that says where. */
function requestLine(operation: string): Middleware {
  let is_first = true;
  const write: Hook = ({ event, response, internal: { start, used, failure } }) => {
    const { user, system } = process.threadCpuUsage(used);
    const { requestId: request_id } = event.requestContext;
    const cause = failure?.cause;
    if (failure?.code === 'internal_error') {
      const reason = cause instanceof Defect && { reason: cause.message };
      log.error('defect', {
        request_id,
        error_name: nameOf(cause),
        frames: placesOf(cause),
        ...reason,
        ...counting('Defects'),
      });
    }
    log.info('request', {
      operation,
      request_id,
      status: response?.statusCode,
      ...(failure && { code: failure.code, failures: 1 }),
      ...(failure?.code === 'unavailable' && { cause: nameOf(cause) }),
      duration_ms: Math.round((performance.now() - start) * 10) / 10,
      own_ms: Math.round((user + system) / 100) / 10,
      ...consumption(),
      ...(is_first && { cold_starts: 1 }),
      ...metricsOf(...requestMetrics(is_first, failure)),
    });
    is_first = false;
  };
  return {
    before: ({ internal }) => {
      internal.start = performance.now();
      internal.used = process.threadCpuUsage();
    },
    after: write,
    onError: write,
  };
}
