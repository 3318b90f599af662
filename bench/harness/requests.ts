import { beginSession } from '../../lib/auth/sessions.ts';
import { issueTokenPair } from '../../lib/auth/tokens.ts';
import { BASE_PATH } from '../../lib/http/routes.ts';
import type { Identity } from '../../lib/table/items.ts';
import { insertSession } from '../../lib/table/sessions.ts';
import { inParallel } from '../../local/pool.ts';
import type { Request } from '../../tests/support/gateway.ts';

/** Makes a request; `path` below the base path. */
export type MakeRequest = (method: string, path: string, body?: object) => Request;

const requestsWith =
  (headers: Record<string, string>): MakeRequest =>
  (method, path, body) => ({
    method,
    path: `${BASE_PATH}${path}`,
    headers: body ? { ...headers, 'Content-Type': 'application/json' } : headers,
    ...(body && { body: JSON.stringify(body) }),
  });

/** Requests of somebody who is not signed in. */
export const anonymous = requestsWith({});

const SIGNING_IN = 16;

/** A new session of each of these users, in their order. */
export const signInAll = (users: readonly Identity[]) => inParallel(users, SIGNING_IN, signIn);

/** A new session of that user: its id, its refresh token, and its requests. */
export async function signIn(user: Identity) {
  const now = Date.now();
  const { sid, ...session } = beginSession(0, now, 'Bench', '');
  await insertSession(user.username, { sid, ...session });
  const { access, refresh } = await issueTokenPair({ ...user, sid, epoch: 0 }, now);
  return { ...user, sid, refresh, request: requestsWith({ Authorization: `Bearer ${access}` }) };
}
