import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { expectConformance } from './conformance.ts';
import { invokeFunction, type Request, type Response } from './gateway.ts';

/** Through which door requests go: straight into the handlers, or over HTTP through serverless-offline. */
export const door = process.env.DOOR === 'http' ? 'http' : 'handlers';

/** An answer with its body parsed. */
export interface Answer extends Response {
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
  body: any;
}

interface Options {
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

/** Sends a request through the door; whatever goes in and out must be as the API description says. */
export async function exchange(request: Request): Promise<Response> {
  const response = door === 'http' ? await sendOverHttp(request) : await invokeFunction(request);
  expectConformance(request, response);
  return response;
}

export const get = (path: string, options?: Options) => send('GET', path, undefined, options);
export const post = (path: string, body?: unknown, options?: Options) => send('POST', path, body, options);
export const patch = (path: string, body?: unknown, options?: Options) => send('PATCH', path, body, options);
export const del = (path: string, options?: Options) => send('DELETE', path, undefined, options);

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

/** A registered user with everything that the tests may need of it. */
export interface TestUser {
  id: number;
  username: string;
  email: string;
  password: string;
  access: string;
  refresh: string;
}

/** A name that no other test uses. */
export const uniqueName = (prefix = 'user') => `${prefix}-${randomUUID().slice(0, 13)}`;

/** A valid registration that collides with no other. */
export function registration(fields: Record<string, unknown> = {}) {
  const username = uniqueName();
  return {
    username,
    email: `${username}@example.com`,
    password: 'password123',
    password_confirm: 'password123',
    ...fields,
  };
}

/** Registers a user through the API. */
export async function newUser(fields: Record<string, unknown> = {}): Promise<TestUser> {
  const body = registration(fields);
  const answer = await post('/register/', body);
  if (answer.status !== 201) throw new Error(`Registration answered ${answer.status}: ${answer.text}`);
  const { user, access, refresh } = answer.body;
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    password: body.password,
    access,
    refresh,
  };
}
