import { expect, test, vi } from 'vitest';
import { patch, post } from '../support/api.ts';
import { newUser, registration } from '../support/users.ts';

vi.hoisted(() => {
  Object.assign(process.env, {
    REGISTRATIONS_PER_HOUR: '3',
    REGISTRATIONS_PER_DAY: '5',
    PROFILE_CHANGES: '5',
    NETWORK_FAILURES: '12',
  });
});

const register = (source_ip: string) => post('/register/', registration(), { source_ip });

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted();

test('H3: registrations from one IPv4 address are limited, however many come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => register('192.0.2.77')));
  expect(statuses(answers)).toEqual([201, 201, 201, 429, 429, 429]);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body.code).toBe('throttled');
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(3500);
  expect((await register('192.0.2.78')).status).toBe(201);
});

test('H3: registrations from one /64, and from one /48, are limited', async () => {
  const within = (subnet: number, host: number) => register(`2001:db8:7:${subnet.toString(16)}::${host}`);
  const sameSubnet = [await within(1, 1), await within(1, 2), await within(1, 3), await within(1, 4)];
  expect(sameSubnet.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
  expect((await within(2, 1)).status).toBe(429);
  expect((await register('2001:db8:8::1')).status).toBe(201);
});

test('H3: refused registrations count too, so that taken names and addresses cannot be collected', async () => {
  const { username, email } = await newUser();
  const ask = () => post('/register/', registration({ username, email }), { source_ip: '192.0.2.80' });
  const answers = [await ask(), await ask(), await ask(), await ask()];
  expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 429]);
});

test('H2: a profile may change so often in ten minutes and no more, exactly', async () => {
  const { access: token } = await newUser();
  const change = (bio: string) => patch('/me/update/', { bio }, { token });
  const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => change(`${n}`)));
  expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429]);
  const refused = await change('one more');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(590);
  const withEmail = await patch('/me/update/', { email: registration().email }, { token });
  expect(withEmail.status).toBe(429);
  expect((await patch('/me/update/', {}, { token })).status).toBe(200);
});

test('H2: a change of the address counts as well', async () => {
  const { access: token } = await newUser();
  for (let n = 0; n < 5; n++) {
    expect((await patch('/me/update/', { email: registration().email }, { token })).status).toBe(200);
  }
  expect((await patch('/me/update/', { bio: 'x' }, { token })).status).toBe(429);
});

test('H4: failed logins from one /48 are limited beyond those of its /64s', async () => {
  const { username, password } = await newUser();
  const login = (name: string, subnet: number) =>
    post('/login/', { username: name, password: 'wrong' }, { source_ip: `2001:db8:9:${subnet}::1` });
  for (let n = 0; n < 12; n++) expect((await login(`nobody-${n}`, n)).status).toBe(401);
  expect((await post('/login/', { username, password }, { source_ip: '2001:db8:9:ff::1' })).status).toBe(429);
  expect((await post('/login/', { username, password }, { source_ip: '2001:db8:a::1' })).status).toBe(200);
});
