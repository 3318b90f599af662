import { expect, test } from 'vitest';
import { post } from '../../support/api.ts';
import { newUser, uniqueName } from '../../support/users.ts';

let addresses = 0;

/** An address that no other test uses. */
const newAddress = () => `198.51.100.${++addresses}`;

const logIn = (username: string, password: string, source_ip: string, headers = {}) =>
  post('/login/', { username, password }, { source_ip, headers });

/** Fails as often as one name may from one address. */
async function useUpAttempts(username: string, source_ip: string) {
  for (let n = 0; n < 10; n++) {
    const answer = await logIn(username, 'wrong-password', source_ip);
    expect(answer.status).toBe(401);
  }
}

test('answers 429 with Retry-After after ten failures, right password or not', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  await useUpAttempts(username, address);

  for (const attempt of [password, 'wrong-password']) {
    const answer = await logIn(username, attempt, address);
    expect(answer.status).toBe(429);
    expect(answer.body.code).toBe('throttled');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(890);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(900);
  }
});

test('counts failures under one name in any case', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  await useUpAttempts(username.toUpperCase(), address);
  expect((await logIn(username, password, address)).status).toBe(429);
});

test('does not lock the owner out on another address', async () => {
  const { username, password } = await newUser();
  await useUpAttempts(username, newAddress());
  expect((await logIn(username, password, newAddress())).status).toBe(200);
});

test('does not lock other names out on the same address', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  await useUpAttempts(uniqueName(), address);
  expect((await logIn(username, password, address)).status).toBe(200);
});

test('throttles a name that nobody has like one that somebody has', async () => {
  const { username } = await newUser();
  const address = newAddress();
  const unknown = uniqueName();
  await useUpAttempts(username, address);
  await useUpAttempts(unknown, address);
  const [known, other] = await Promise.all(
    [username, unknown].map((name) => logIn(name, 'wrong-password', address)),
  );
  expect(known?.status).toBe(429);
  expect(other?.body).toEqual(known?.body);
});

test('forgets the failures of a name from an address after a success', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 9; n++) await logIn(username, 'wrong-password', address);
    expect((await logIn(username, password, address)).status).toBe(200);
  }
});

test('takes the address from the gateway and believes no header', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  await useUpAttempts(username, address);
  const headers = {
    'X-Forwarded-For': newAddress(),
    Forwarded: 'for=203.0.113.9',
    'X-Real-IP': '203.0.113.9',
  };
  expect((await logIn(username, password, address, headers)).status).toBe(429);
});

test('counts all addresses of an IPv6 /64 as one', async () => {
  const { username, password } = await newUser();
  for (let n = 1; n <= 10; n++) await logIn(username, 'wrong-password', `2001:db8:0:7::${n}`);
  expect((await logIn(username, password, '2001:db8:0:7:ffff::1')).status).toBe(429);
  expect((await logIn(username, password, '2001:db8:0:8::1')).status).toBe(200);
});

test('counts every one of many failures at once', async () => {
  const { username, password } = await newUser();
  const address = newAddress();
  await Promise.all(Array.from({ length: 10 }, () => logIn(username, 'wrong-password', address)));
  expect((await logIn(username, password, address)).status).toBe(429);
});
