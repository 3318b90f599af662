import { expect, inject, test } from 'vitest';
import { userKey } from '../../lib/table/keys.ts';
import { type Answer, get, post, send } from '../support/api.ts';
import { exampleRequests, tokenFor } from '../support/examples.ts';
import { type Fault, startFaultProxy } from '../support/faultProxy.ts';
import { captureOutput, logLines } from '../support/output.ts';
import { findSecrets } from '../support/secrets.ts';
import { readItem, writeItem } from '../support/table.ts';
import { changeProfile, newUser, registration } from '../support/users.ts';

const proxy = await startFaultProxy(inject('database'));
Object.assign(process.env, { DYNAMODB_ENDPOINT: proxy.endpoint, POWERTOOLS_LOG_LEVEL: 'DEBUG' });

const FAULTS: (Fault | undefined)[] = [undefined, 'error', 'conflict', 'reset', 'nonsense'];

/** Every request to every endpoint with what is secret, in the places meant for it and in wrong ones. */
async function useEverything(fault: Fault | undefined): Promise<Answer[]> {
  proxy.fault = () => undefined;
  const [alice, bob] = [await newUser(), await newUser()];
  const { access: token, refresh, password, email, username } = alice;
  const examples = (await exampleRequests(alice, bob)).filter(({ is_document }) => !is_document);
  const tokens = await Promise.all(examples.map((example) => tokenFor(example, token)));
  proxy.fault = () => fault;
  const time_left = 3000;
  const answers: Answer[] = [];
  const used = async (...request: Parameters<typeof send>) => {
    const [method, path, body, options] = request;
    answers.push(await send(method, path, body, { time_left, ...options }));
  };
  await used('POST', '/register/', { ...registration(), email, password_confirm: 'wrong-password' });
  await used('POST', '/register/', { ...registration(), username, email });
  await used('POST', '/register/', `{"password":"${password}","email":"${email}"`);
  await used('POST', '/login/', { username, password: 'wrong-password' });
  await used('POST', '/login/', { username: email, password: refresh });
  await used('POST', '/login/', { username: password, password: [password] });
  await used('POST', '/token/refresh/', { refresh: token });
  await used('GET', `/?search=${email}&first_name=${token}`, undefined, { token });
  await used('GET', `/${email}/`, undefined, { token });
  await used('GET', `/${bob.username}/`, undefined, { token: `${token}x` });
  await used('PATCH', '/me/update/', { email: registration().email, bio: password }, { token });
  await used('PATCH', '/me/update/', { email: bob.email }, { token });
  await used('PATCH', '/me/update/', { email: `${email} ${token}` }, { token });
  await used('GET', `/following/?cursor=${token}`, undefined, { token });
  await used('POST', '/logout/', { refresh: `${refresh}x` }, { token });
  await used('GET', `/${token}/${email}`, undefined, { token });
  for (const [n, { method, path, query, body }] of examples.entries()) {
    await used(method, `${path}${query}`, body, { token: tokens[n] });
  }
  return answers;
}

/** Uses a user whose item lacks an attribute, as no write of the service leaves it. */
async function meetDamage(attribute: string): Promise<Answer[]> {
  proxy.fault = () => undefined;
  const user = await newUser();
  const { username, password, access: token } = user;
  const { [attribute]: _, ...item } = (await readItem(userKey(username))) ?? {};
  await writeItem(item);
  const answers = [
    await post('/login/', { username, password }),
    await get('/me/', { token }),
    await changeProfile(user, { bio: 'New' }),
  ];
  expect(answers.map(({ body }) => body.code)).toContain('internal_error');
  return answers;
}

test('logs one line for each request and no password, token, hash or email address', {
  timeout: 240_000,
}, async () => {
  const { result: answers, output } = await captureOutput(async () => [
    ...(await Array.fromAsync(FAULTS, useEverything)).flat(),
    ...(await meetDamage('bio')),
    ...(await meetDamage('first_name')),
  ]);
  expect(findSecrets(output)).toEqual([]);

  const lines = logLines(output);
  const requests = lines.filter(({ message }) => message === 'request');
  const ids = answers.map(({ headers }) => headers['x-request-id']);
  expect(requests.map(({ request_id }) => request_id)).toEqual(ids);
  const codes = new Set(requests.map(({ code }) => code));
  for (const code of ['invalid', 'parse_error', 'token_not_valid', 'unavailable', 'internal_error']) {
    expect(codes).toContain(code);
  }
  expect(lines.some(({ reason }) => reason === 'A user item is damaged at: first_name.')).toBe(true);
});

test('finds secrets where there are some', () => {
  const { email, password } = registration();
  const hash = `$2b$10$${'a'.repeat(53)}`;
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
  expect(findSecrets(`a ${email} b ${password} c ${hash} d ${token}`)).toHaveLength(4);
});
