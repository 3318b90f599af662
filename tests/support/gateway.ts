import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { loadHandler, serverless } from '../../local/serverless.ts';

/** A request as a client makes it; `path` with its query, below the host. */
export interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | undefined;
  /** Where it comes from. */
  source_ip?: string;
  /** Milliseconds that the function has. */
  time_left?: number;
}

/** A response as a client sees it, with header names in lower case. */
export interface Response {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** A method at a path that the gateway routes to a function; the method may be `ANY`. */
interface Resource {
  /** Name of the function. */
  name: string;
  /** Its file and its export, as serverless.yml has them. */
  handler: string;
  method: string;
  path: string;
}

/** Everything that serverless.yml makes the gateway route. */
export const resources: Resource[] = Object.entries(serverless.functions).flatMap(
  ([name, { handler, events }]) =>
    events.flatMap(({ http }) => {
      const [method = '', path = ''] = http?.split(' ') ?? [];
      return http ? [{ name, handler, method, path }] : [];
    }),
);

/** What API Gateway makes of a request: which function, and the event for it. */
interface Invocation {
  name: string;
  handler: string;
  event: APIGatewayProxyEvent;
  context: Context;
}

/** Finds the function as API Gateway does: the path that fits best, then the method at it, `ANY` last. */
export function routeRequest(request: Request): Invocation {
  const url = new URL(request.path, 'http://localhost');
  const [path] = pathsThatFit(
    url.pathname,
    resources.map(({ path }) => path),
  );
  const at_path = resources.filter((resource) => resource.path === path);
  const found =
    at_path.find(({ method }) => method === request.method) ?? at_path.find(({ method }) => method === 'ANY');
  if (!found) throw new Error(`No function answers ${request.method} ${request.path}.`);
  const { name, handler } = found;
  return { name, handler, event: toEvent(request, url, found.path), context: context(name, request) };
}

/**
 * The templates that fit a path, with or without its trailing slash, the best first: a segment that is spelled out
 * comes before a variable, a variable before a greedy one.
 */
export function pathsThatFit(path: string, templates: readonly string[]): string[] {
  const segments = segmentsOf(path);
  return templates
    .filter((template) => fits(segmentsOf(template), segments))
    .sort((a, b) => rank(a).localeCompare(rank(b)));
}

const segmentsOf = (path: string) => path.replace(/\/+$/, '').split('/').slice(1);

/** Invokes the function that API Gateway would. */
export async function invokeFunction(request: Request): Promise<Response> {
  const { handler, event, context } = routeRequest(request);
  return toResponse(await (await loadHandler(handler))(event, context));
}

/** What API Gateway makes of a function's answer. */
export const toResponse = ({ statusCode, headers, body }: APIGatewayProxyResult): Response => ({
  status: statusCode,
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  ),
  text: body,
});

const isGreedy = (part: string) => part.endsWith('+}');

function fits(template: string[], segments: string[]): boolean {
  const greedy = template.findIndex(isGreedy);
  if (greedy >= 0 ? segments.length <= greedy : segments.length !== template.length) return false;
  return template.every((part, n) => part.startsWith('{') || part === segments[n]);
}

const rank = (template: string) =>
  segmentsOf(template)
    .map((part) => (isGreedy(part) ? '2' : part.startsWith('{') ? '1' : '0'))
    .join('');

function toEvent(request: Request, url: URL, path: string): APIGatewayProxyEvent {
  const segments = segmentsOf(url.pathname);
  const parameters = segmentsOf(path).flatMap((part, n) =>
    part.startsWith('{') && !isGreedy(part) ? [[part.slice(1, -1), segments[n]]] : [],
  );
  const query = Object.fromEntries(url.searchParams);
  const { method, headers = {}, body, source_ip = '192.0.2.1' } = request;
  const event = {
    httpMethod: method,
    path: url.pathname,
    resource: path,
    headers,
    multiValueHeaders: {},
    pathParameters: parameters.length > 0 ? Object.fromEntries(parameters) : null,
    queryStringParameters: Object.keys(query).length > 0 ? query : null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    body: body ?? null,
    isBase64Encoded: false,
    requestContext: { requestId: randomUUID(), identity: { sourceIp: source_ip } },
  };
  return event as unknown as APIGatewayProxyEvent;
}

/** One process serves here what hundreds of instances would, so that its time is no function's. */
const context = (functionName: string, { time_left = 120_000 }: Request) =>
  ({
    functionName,
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => time_left,
  }) as unknown as Context;
