import { createUsersClient, type Tokens, type UsersClient } from '../../client/index.ts';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { exchange } from './api.ts';
import { registration } from './users.ts';

const HOST = 'http://localhost';

/** The requests that a client made, as `POST /careers/users/login`, in their order. */
export type Trace = string[];

/** A client whose requests travel as those of the tests do; they are noted in `trace`. */
export function newClient(trace: Trace = [], tokens?: Tokens): UsersClient {
  return createUsersClient({
    baseUrl: `${HOST}${BASE_PATH}`,
    fetch: (request) => sendRequest(request, trace),
    ...(tokens && { tokens }),
  });
}

/** A client with the session of a user who has just registered. */
export async function registeredClient(trace: Trace = []) {
  const client = newClient(trace);
  const { data, error } = await client.api.POST('/register/', { body: registration() });
  if (!data) throw new Error(`Registration failed: ${error.detail}`);
  client.begin(data);
  return { client, user: data.user };
}

/** Sends a request of a client as the tests send theirs. */
export async function sendRequest(request: Request, trace: Trace = []): Promise<Response> {
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
