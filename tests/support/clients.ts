import { createUsersClient, type Tokens, type UsersClient } from '../../client/index.ts';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { exchange, registration } from './api.ts';

const HOST = 'http://localhost';

/** The requests that a client made, as `POST /careers/users/login`, in their order. */
export type Trace = string[];

/** A client whose requests go through the door of the tests; they are noted in `trace`. */
export function newClient(trace: Trace = [], tokens?: Tokens): UsersClient {
  return createUsersClient({
    baseUrl: `${HOST}${BASE_PATH}`,
    fetch: (request) => sendThroughDoor(request, trace),
    ...(tokens && { tokens }),
  });
}

/** A client with the session of a user who has just registered. */
export async function registeredClient(trace: Trace = []) {
  const client = newClient(trace);
  const { data, error } = await client.api.POST('/register', { body: registration() });
  if (!data) throw new Error(`Registration failed: ${error.detail}`);
  client.begin(data);
  return { client, user: data.user };
}

/** Sends a request of a client through the door. */
export async function sendThroughDoor(request: Request, trace: Trace = []): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  trace.push(`${request.method} ${pathname}`);
  const body = await request.text();
  const { status, headers, text } = await exchange({
    method: request.method,
    path: `${pathname}${search}`,
    headers: Object.fromEntries(request.headers),
    body: body || undefined,
  });
  return new Response(text || null, { status, headers });
}
