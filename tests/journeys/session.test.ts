import { expect, test } from 'vitest';
import { createUsersClient, SessionEnded, type UsersClient } from '../../client/index.ts';
import { issueToken } from '../../lib/auth/tokens.ts';
import { newClient, registeredClient, sendRequest, type Trace } from '../support/clients.ts';

const HOUR = 60 * 60 * 1000;
const CALLS = 8;
const REFRESH = 'POST /careers/users/token/refresh/';

const isRefresh = ({ url }: Request) => url.endsWith('/token/refresh/');

/** Puts an access token into the session that has expired. */
async function expire({ client, user }: { client: UsersClient; user: { id: number; username: string } }) {
  const { refresh } = client.tokens ?? { refresh: '' };
  client.begin({ access: await issueToken('access', { ...user, epoch: 0 }, Date.now() - 2 * HOUR), refresh });
}

test('a user registers, comes back with stored tokens, and logs out for good', async () => {
  const { client, user } = await registeredClient();
  const stored = client.tokens;
  const later = newClient([], stored);
  const { data } = await later.api.GET('/me/');
  expect(data?.username).toBe(user.username);

  await later.logout();
  expect(later.tokens).toBeUndefined();
  const { response, error } = await newClient().api.POST('/token/refresh/', {
    body: { refresh: stored?.refresh ?? '' },
  });
  expect(response.status).toBe(401);
  expect(error?.code).toBe('token_not_valid');
});

test('many calls that meet an expired access token cause one refresh, and all succeed', async () => {
  const trace: Trace = [];
  const { client, user } = await registeredClient(trace);
  await expire({ client, user });
  trace.length = 0;

  const answers = await Promise.all(Array.from({ length: CALLS }, () => client.api.GET('/me/')));
  expect(answers.map(({ data }) => data?.id)).toEqual(Array(CALLS).fill(user.id));
  expect(trace.filter((line) => line === REFRESH)).toHaveLength(1);
  expect(trace).toHaveLength(CALLS + 1 + CALLS);
});

test('a call with a body is sent again whole', async () => {
  const registered = await registeredClient();
  await expire(registered);
  const { data } = await registered.client.api.PATCH('/me/update/', { body: { bio: 'Back again' } });
  expect(data?.bio).toBe('Back again');
});

test('a refused refresh token ends the session with one clear error for every waiting call', async () => {
  const trace: Trace = [];
  const registered = await registeredClient(trace);
  const { client } = registered;
  await newClient([], client.tokens).logout();
  await expire(registered);
  trace.length = 0;

  const calls = await Promise.allSettled(Array.from({ length: 5 }, () => client.api.GET('/me/')));
  for (const call of calls) {
    expect(call).toMatchObject({ status: 'rejected', reason: expect.any(SessionEnded) });
  }
  expect(client.tokens).toBeUndefined();
  expect(trace.filter((line) => line === REFRESH)).toHaveLength(1);
});

test('logging in while a refresh is under way keeps the new session, and sends nothing again in its name', async () => {
  const registered = await registeredClient();
  const other = await registeredClient();
  await expire(registered);
  const client = createUsersClient({
    baseUrl: 'http://localhost/careers/users',
    ...(registered.client.tokens && { tokens: registered.client.tokens }),
    fetch: (request) => {
      if (isRefresh(request) && other.client.tokens) client.begin(other.client.tokens);
      return sendRequest(request);
    },
  });

  await expect(client.api.GET('/me/')).rejects.toBeInstanceOf(SessionEnded);
  expect(client.tokens).toEqual(other.client.tokens);
  expect((await client.api.GET('/me/')).data?.id).toBe(other.user.id);
});

test('a wrong password is an answer, not the end of a session', async () => {
  const trace: Trace = [];
  const { client, user } = await registeredClient(trace);
  const { error } = await client.api.POST('/login/', {
    body: { username: user.username, password: 'not the one' },
  });
  expect(error?.code).toBe('no_active_account');
  expect(client.tokens).toBeDefined();
  expect(trace).not.toContain(REFRESH);
});

test('a service that is too busy to refresh does not end the session', async () => {
  const registered = await registeredClient();
  await expire(registered);
  const busy = { type: 'about:blank', title: 'T', status: 503, detail: 'D', code: 'unavailable' };
  let isBusy = true;
  const client = createUsersClient({
    baseUrl: 'http://localhost/careers/users',
    repeat: { wait: async () => {} },
    ...(registered.client.tokens && { tokens: registered.client.tokens }),
    fetch: async (request) =>
      isBusy && isRefresh(request) ? Response.json(busy, { status: 503 }) : sendRequest(request),
  });

  const answers = await Promise.all([client.api.GET('/me/'), client.api.GET('/me/stats/')]);
  expect(answers.map(({ error }) => error?.code)).toEqual(['unavailable', 'unavailable']);

  isBusy = false;
  expect((await client.api.GET('/me/')).data?.id).toBe(registered.user.id);
});

test('after a logout, calls that need a token say that the session has ended, until the next one begins', async () => {
  const { client, user } = await registeredClient();
  const { username } = user;
  await client.logout();
  await expect(client.api.GET('/me/')).rejects.toBeInstanceOf(SessionEnded);
  await expect(client.api.POST('/follow/', { body: { following: 1 } })).rejects.toBeInstanceOf(SessionEnded);
  expect((await client.api.GET('/{username}/', { params: { path: { username } } })).data?.id).toBe(user.id);

  const { data } = await client.api.POST('/login/', { body: { username, password: 'password123' } });
  if (data) client.begin(data);
  expect((await client.api.GET('/me/')).data?.id).toBe(user.id);
});

test('whoever never logged in is told that a call needs a token', async () => {
  const { error } = await newClient().api.GET('/me/');
  expect(error?.code).toBe('not_authenticated');
});
