import { expect, inject, test } from 'vitest';
import { get, post, send } from '../../support/api.ts';
import { findContradictions } from '../../support/audit.ts';
import { exampleRequests, tokenFor } from '../../support/examples.ts';
import { type Call, type Fault, startFaultProxy } from '../../support/faultProxy.ts';
import { block, changeProfile, follow, newUser, registration, report } from '../../support/users.ts';

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

/** Lets the first `times` calls of an operation fail, whoever makes them. */
function failFirst(times: number, operation: string, fault: Fault) {
  let left = times;
  proxy.fault = (call: Call) => (call.operation === operation && left-- > 0 ? fault : undefined);
}

const TRANSIENT: Fault[] = ['conflict', 'throttle', 'error', 'hang', 'reset', 'lost'];

test.each(TRANSIENT)('registers once in spite of one %s', async (fault) => {
  failFirst(1, 'TransactWriteItems', fault);
  const answer = await post('/register/', registration());
  expect(answer.status).toBe(201);
  expect(await findContradictions()).toEqual([]);
});

test.each(TRANSIENT)('follows and unfollows once in spite of one %s', async (fault) => {
  proxy.fault = () => undefined;
  const [alice, bob] = [await newUser(), await newUser()];
  failFirst(1, 'TransactWriteItems', fault);
  const followed = await follow(alice, bob);
  expect(followed.status).toBe(201);
  expect((await get(`/${bob.username}/`)).body.followers_count).toBe(1);
  expect((await get('/following/', { token: alice.access })).body.count).toBe(1);
  expect(await findContradictions()).toEqual([]);
});

test.each(TRANSIENT)('changes a profile in spite of one %s', async (fault) => {
  proxy.fault = () => undefined;
  const user = await newUser();
  failFirst(1, 'UpdateItem', fault);
  expect((await changeProfile(user, { bio: 'New' })).body.bio).toBe('New');
  failFirst(1, 'TransactWriteItems', fault);
  const email = registration().email;
  expect((await changeProfile(user, { email })).body.email).toBe(email);
  expect(await findContradictions()).toEqual([]);
});

test.each(TRANSIENT)('blocks once, follows and all, in spite of one %s', async (fault) => {
  proxy.fault = () => undefined;
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(alice, bob);
  await follow(bob, alice);
  failFirst(1, 'TransactWriteItems', fault);
  expect((await block(alice, bob)).status).toBe(201);
  failFirst(1, 'TransactWriteItems', fault);
  expect((await report(bob, alice)).status).toBe(202);
  expect((await get('/me/', { token: alice.access })).body).toMatchObject({
    ...{ following_count: 0, followers_count: 0 },
  });
  expect(await findContradictions()).toEqual([]);
});

test('gives up a registration that is written so late that the list could miss it', async () => {
  const user = registration();
  const faults: Fault[] = ['hang', 'hang', 'hang', 'conflict', 'hang', 'hang', 'hang'];
  proxy.fault = ({ operation }) => (operation === 'TransactWriteItems' ? faults.shift() : undefined);
  const answer = await post('/register/', user, { time_left: 28_000 });
  expect(answer.status).toBe(503);
  proxy.fault = () => undefined;
  expect((await get(`/${user.username}/`)).status).toBe(404);
});

test('follows once when the first answer is lost and the second try meets a conflict', async () => {
  proxy.fault = () => undefined;
  const [alice, bob] = [await newUser(), await newUser()];
  const faults: Fault[] = ['lost', 'conflict'];
  proxy.fault = ({ operation }) => (operation === 'TransactWriteItems' ? faults.shift() : undefined);
  const followed = await follow(alice, bob);
  expect(followed.status).toBe(201);
  expect(await findContradictions()).toEqual([]);
});

test('a cursor that is refused leaves no call behind that fails later', async () => {
  proxy.fault = () => undefined;
  const { username, access: token } = await newUser();
  proxy.fault = () => 'nonsense';
  proxy.calls.length = 0;
  for (const path of ['/following/', `/${username}/following/`, `/${username}/followers/`]) {
    expect((await get(`${path}?cursor=nonsense`, { token })).body.code).toBe('invalid');
  }
  expect(proxy.calls).toEqual([]);
});

test('counts a failed login once when the answer to the count is lost', async () => {
  proxy.fault = () => undefined;
  const { username, password } = await newUser();
  const source_ip = '198.51.100.1';
  for (let n = 0; n < 9; n++) {
    failFirst(3, 'UpdateItem', 'lost');
    const answer = await post('/login/', { username, password: 'wrong-password' }, { source_ip });
    expect(answer.status).toBe(401);
  }
  proxy.fault = () => undefined;
  expect((await post('/login/', { username, password }, { source_ip })).status).toBe(200);
});

test.each(TRANSIENT)(
  'answers 503 with Retry-After, well before the function ends, when every call meets a %s',
  async (fault) => {
    proxy.fault = () => undefined;
    const [alice, bob] = [await newUser(), await newUser()];
    const endpoints = (await exampleRequests(alice, bob)).filter(({ is_document }) => !is_document);
    const tokens = await Promise.all(endpoints.map((endpoint) => tokenFor(endpoint, alice.access)));
    proxy.fault = () => fault;
    const time_left = 4000;
    const start = performance.now();
    const answers = await Promise.all([
      ...endpoints.map(({ method, path, query, body }, n) =>
        send(method, `${path}${query}`, body, { token: tokens[n], time_left }),
      ),
      changeProfile(alice, { email: registration().email }, { time_left }),
    ]);
    // Two seconds more, for tests share their machine; calls that nobody cuts off would take longer still.
    expect(performance.now() - start).toBeLessThan(time_left + 2000);
    for (const answer of answers) {
      expect(answer.body).toMatchObject({ status: 503, code: 'unavailable' });
      expect(answer.headers['retry-after']).toBe('1');
    }
    proxy.fault = () => undefined;
    expect(await findContradictions()).toEqual([]);
  },
);
