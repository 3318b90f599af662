import { expect, inject, test } from 'vitest';
import { del, get, newUser, patch, post, registration } from '../support/api.ts';
import { type Fault, startFaultProxy } from '../support/faultProxy.ts';
import { captureOutput, findSecrets } from '../support/secrets.ts';
import { damageUser } from '../support/tableAudit.ts';

const proxy = await startFaultProxy(inject('database'));
Object.assign(process.env, { DYNAMODB_ENDPOINT: proxy.endpoint, POWERTOOLS_LOG_LEVEL: 'DEBUG' });

const FAULTS: (Fault | undefined)[] = [undefined, 'error', 'conflict', 'reset', 'nonsense'];

/** Sends every kind of request with everything that is secret, in the places meant for it and in wrong ones. */
async function useEverything(fault: Fault | undefined) {
  proxy.fault = () => undefined;
  const [alice, bob] = [await newUser(), await newUser()];
  const { access: token, refresh, password, email } = alice;
  const time_left = 3000;
  proxy.fault = () => fault;
  await post('/register/', registration(), { time_left });
  await post('/register/', { ...registration(), email, password_confirm: 'wrong-password' }, { time_left });
  await post('/register/', { ...registration(), username: alice.username, email }, { time_left });
  await post('/register/', `{"password":"${password}","email":"${email}"`, { time_left });
  await post('/login/', { username: alice.username, password }, { time_left });
  await post('/login/', { username: alice.username, password: 'wrong-password' }, { time_left });
  await post('/login/', { username: email, password: refresh }, { time_left });
  await post('/login/', { username: password, password: [password] }, { time_left });
  await post('/token/refresh/', { refresh }, { time_left });
  await post('/token/refresh/', { refresh: token }, { time_left });
  await get(`/?search=${email}&first_name=${token}`, { token, time_left });
  await get(`/${email}/`, { token, time_left });
  await get(`/${bob.username}/`, { token: `${token}x`, time_left });
  await get('/me/', { token, time_left });
  await get('/me/stats/', { token, time_left });
  await patch('/me/update/', { email: registration().email, bio: password }, { token, time_left });
  await patch('/me/update/', { email: bob.email }, { token, time_left });
  await patch('/me/update/', { email: `${email} ${token}` }, { token, time_left });
  await post('/follow/', { following: bob.id }, { token, time_left });
  await get(`/following/?cursor=${token}`, { token, time_left });
  await get(`/${bob.username}/followers/`, { token, time_left });
  await del(`/${bob.username}/unfollow/`, { token, time_left });
  await post('/logout/', { refresh: `${refresh}x` }, { token, time_left });
  await post('/logout/', { refresh }, { token, time_left });
  await get(`/${token}/${email}`, { token, time_left });
}

/** Reads and changes a user whose item is not as it must be. */
async function meetDamage(attribute: string) {
  proxy.fault = () => undefined;
  const { username, password, access: token } = await newUser();
  await damageUser(inject('database'), String(process.env.TABLE_NAME), { username, attribute });
  const answers = [
    await post('/login/', { username, password }),
    await get('/me/', { token }),
    await patch('/me/update/', { bio: 'New' }, { token }),
  ];
  expect(answers.map(({ body }) => body.code)).toEqual(Array(3).fill('internal_error'));
}

test('logs one line for each request and no password, token, hash or email address', {
  timeout: 240_000,
}, async () => {
  const logged = await captureOutput(async () => {
    for (const fault of FAULTS) await useEverything(fault);
    await meetDamage('password_hash');
    await meetDamage('first_name');
  });
  expect(findSecrets(logged)).toEqual([]);

  const lines = logged.split('\n').filter((line) => line.startsWith('{'));
  const entries = lines.map((line) => JSON.parse(line));
  const requests = entries.filter(({ message }) => message === 'request');
  expect(requests.length).toBe(FAULTS.length * 27 + 2 * 4);
  const codes = new Set(requests.map(({ code }) => code));
  for (const code of ['invalid', 'parse_error', 'token_not_valid', 'unavailable', 'internal_error']) {
    expect(codes).toContain(code);
  }
  expect(entries.some(({ reason }) => reason === 'A user item is damaged at: first_name.')).toBe(true);
});

test('finds secrets where there are some', () => {
  const { email, password } = registration();
  const hash = `$2b$10$${'a'.repeat(53)}`;
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
  expect(findSecrets(`a ${email} b ${password} c ${hash} d ${token}`)).toHaveLength(4);
});
