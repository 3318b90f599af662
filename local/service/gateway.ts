import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { STANDARD_HEADERS } from '../../lib/http/headers.ts';
import { ApiError, NOTHING_HERE, toProblem } from '../../lib/problems.ts';

/** The plugin serverless-offline, as far as it shows its server. */
export interface Offline {
  internals(): { getApiGatewayServer(): HapiServer };
}

interface HapiServer {
  listener: { listening: boolean };
  ext(event: 'onPreResponse', method: (request: HapiRequest, toolkit: HapiToolkit) => unknown): void;
}

interface HapiRequest {
  response:
    | { isBoom: true; output: { statusCode: number } }
    | { isBoom?: false; statusCode: number | string; headers: Record<string, unknown> };
}

interface HapiToolkit {
  continue: symbol;
  response(body: string): HapiResponse;
}

interface HapiResponse {
  code(status: number): HapiResponse;
  header(name: string, value: string): HapiResponse;
}

/** The server that stands for API Gateway, as soon as it listens; `serverless offline` has no hook for that moment. */
export async function startedGateway(offline: Offline): Promise<HapiServer> {
  for (;;) {
    try {
      const server = offline.internals().getApiGatewayServer();
      if (server.listener.listening) return server;
    } catch {
      // There is no server yet.
    }
    await sleep(50, undefined, { ref: false });
  }
}

/**
 * Answers what reaches no function, or gets no answer from one, with a problem, as the deployed gateway does; and
 * takes back that pages of other origins may send credentials, which serverless-offline adds and nothing deployed says.
 */
export function answerProblems(server: HapiServer): void {
  server.ext('onPreResponse', ({ response }, toolkit) => {
    if (!response.isBoom) delete response.headers['access-control-allow-credentials'];
    const failure = response.isBoom
      ? failureOfServer(response.output.statusCode)
      : failureOfFunction(Number(response.statusCode));
    if (!failure) return toolkit.continue;
    const { problem, headers } = toProblem(failure);
    const answer = toolkit.response(JSON.stringify(problem)).code(problem.status);
    const all = { ...STANDARD_HEADERS, 'X-Request-Id': randomUUID(), ...headers };
    for (const [name, value] of Object.entries(all)) answer.header(name, value);
    return answer;
  });
}

function failureOfServer(status: number): ApiError {
  if (status >= 500) return new ApiError('internal_error');
  if (status === 413) return new ApiError('payload_too_large');
  if (status === 404) return new ApiError('not_found', { detail: NOTHING_HERE });
  return new ApiError('invalid', { detail: 'The request could not be understood.' });
}

/** serverless-offline says 502 for a function that threw, and 504 for one that ran out of time; functions never do. */
function failureOfFunction(status: number): ApiError | undefined {
  if (status === 502) return new ApiError('internal_error');
  if (status === 504) return new ApiError('unavailable');
  return undefined;
}
