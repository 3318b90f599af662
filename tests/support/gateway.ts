import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { root, serverless } from './serverless.ts';

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

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const routes = Object.entries(serverless.functions).flatMap(([name, { handler, events }]) =>
  events.flatMap(({ http }) => {
    if (!http) return [];
    const [method = '', template = ''] = http.split(' ');
    return [{ name, handler, method, segments: template.split('/').filter(Boolean) }];
  }),
);

/** What API Gateway makes of a request: which function, and the event for it. */
interface Invocation {
  /** Name of the function. */
  name: string;
  /** Its file and its export, as serverless.yml has them. */
  handler: string;
  event: APIGatewayProxyEvent;
  context: Context;
}

/**
 * Finds the function as API Gateway does: the resource first (a segment that is spelled out before a variable, a
 * variable before a greedy one), then the method on it, `ANY` last.
 */
export function routeRequest(request: Request): Invocation {
  const url = new URL(request.path, 'http://localhost');
  const segments = url.pathname.replace(/\/+$/, '').split('/').slice(1);
  const resource = routes
    .filter((route) => fits(route.segments, segments))
    .sort((a, b) => rank(a.segments).localeCompare(rank(b.segments)))[0]?.segments;
  const methods = routes.filter(
    (route) => route.segments === resource || sameResource(route.segments, resource),
  );
  const route =
    methods.find(({ method }) => method === request.method) ?? methods.find(({ method }) => method === 'ANY');
  if (!route) throw new Error(`No function answers ${request.method} ${request.path}.`);
  const { name, handler } = route;
  return {
    name,
    handler,
    event: toEvent(request, url, segments, route.segments),
    context: context(name, request),
  };
}

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

const rank = (template: string[]) =>
  template.map((part) => (isGreedy(part) ? '2' : part.startsWith('{') ? '1' : '0')).join('');

const sameResource = (a: string[], b: string[] | undefined) => a.join('/') === b?.join('/');

async function loadHandler(path: string): Promise<Handler> {
  const [file, name] = path.split('.') as [string, string];
  const module = await import(join(root, `${file}.ts`));
  return module[name];
}

function toEvent(request: Request, url: URL, segments: string[], template: string[]): APIGatewayProxyEvent {
  const parameters = template.flatMap((part, n) =>
    part.startsWith('{') && !isGreedy(part) ? [[part.slice(1, -1), segments[n]]] : [],
  );
  const query = Object.fromEntries(url.searchParams);
  const { method, headers = {}, body, source_ip = '192.0.2.1' } = request;
  const event = {
    httpMethod: method,
    path: url.pathname,
    resource: `/${template.join('/')}`,
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
