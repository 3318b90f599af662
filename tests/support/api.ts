import { inject } from 'vitest';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { inParallel } from '../../local/pool.ts';
import { expectConformance } from './conformance.ts';
import { invokeFunction, type Request, type Response } from './gateway.ts';

/** How requests travel: straight into the handlers, or over HTTP through serverless-offline. */
export const transport = process.env.TRANSPORT === 'http' ? 'http' : 'handlers';

/**
 * How many requests travel at once. Into the handlers, fewer than make one process that stands for all instances so
 * slow that its calls of the database time out; over HTTP, as many as instances start in reasonable time.
 */
const AT_ONCE = transport === 'http' ? 12 : 100;

/** An answer with its body parsed. */
export interface Answer extends Response {
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into it, and a wrong reach fails them
  body: any;
}

/** What else a request may say. */
export interface Options {
  token?: string | undefined;
  headers?: Record<string, string>;
  source_ip?: string;
  time_left?: number;
}

/** Sends a request; `path` below the base path, `body` as JSON unless it is a string. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  options: Options = {},
): Promise<Answer> {
  const { token, headers = {}, source_ip, time_left } = options;
  const request: Request = {
    method,
    path: `${BASE_PATH}${path}`,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    ...(source_ip !== undefined && { source_ip }),
    ...(time_left !== undefined && { time_left }),
  };
  const response = await exchange(request);
  return { ...response, body: parse(response) };
}

/** Sends a request as it is; whatever goes in and out must be as the API description says. */
export async function exchange(request: Request): Promise<Response> {
  const response = transport === 'http' ? await sendOverHttp(request) : await invokeFunction(request);
  expectConformance(request, response);
  return response;
}

export const get = (path: string, options?: Options) => send('GET', path, undefined, options);
export const post = (path: string, body?: unknown, options?: Options) => send('POST', path, body, options);
export const patch = (path: string, body?: unknown, options?: Options) => send('PATCH', path, body, options);
export const del = (path: string, options?: Options) => send('DELETE', path, undefined, options);

/** Starts all requests, as many at once as may travel, and returns their answers in the order of the requests. */
export const sendAll = (requests: readonly (() => Promise<Answer>)[]): Promise<Answer[]> =>
  inParallel(requests, AT_ONCE, (request) => request());

async function sendOverHttp({ method, path, headers = {}, body }: Request): Promise<Response> {
  const url = new URL(path, inject('service'));
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

function parse({ headers, text }: Response): unknown {
  return headers['content-type']?.includes('json') && text ? JSON.parse(text) : undefined;
}
