import { expect, test } from 'vitest';
import { loginAttempt, sourceNetwork, WINDOW } from '../../../lib/auth/loginThrottle.ts';
import { login } from '../../../lib/auth/sessions.ts';
import { metered } from '../../../lib/meter.ts';
import { countFailedLogin, readLoginStanding } from '../../../lib/table/failedLogins.ts';
import { newUser } from '../../support/users.ts';

const START = Date.UTC(2024, 0, 15, 10, 30);
const MINUTE = 60_000;

const wrong = { code: 'no_active_account' };
const throttled = { code: 'throttled' };

async function failTimes(times: number, username: (n: number) => string, address: (n: number) => string) {
  const attempts = Array.from({ length: times }, (_, n) => loginAttempt(username(n), address(n)));
  await Promise.all(attempts.map((attempt) => countFailedLogin(attempt, START, WINDOW)));
}

test('a window ends fifteen minutes after its first failure, whatever came after', async () => {
  const account = await newUser();
  const guess = { ...account, password: 'wrong-password' };
  const address = '192.0.2.10';
  for (let n = 0; n < 10; n++) {
    await expect(login(guess, address, () => START + n * MINUTE)).rejects.toMatchObject(wrong);
  }
  const refusal = login(account, address, () => START + 10 * MINUTE);
  await expect(refusal).rejects.toMatchObject({ ...throttled, retry_after: 300 });
  await expect(login(account, address, () => START + 15 * MINUTE - 1000)).rejects.toMatchObject(throttled);
  await expect(login(account, address, () => START + 15 * MINUTE)).resolves.toHaveProperty('access');
});

test('the first failure after a window starts the next one', async () => {
  const account = await newUser();
  const guess = { ...account, password: 'wrong-password' };
  const address = '192.0.2.11';
  await failTimes(
    9,
    () => account.username,
    () => address,
  );
  const later = START + 20 * MINUTE;
  await expect(login(guess, address, () => later)).rejects.toMatchObject(wrong);
  const { failures } = await readLoginStanding(loginAttempt(account.username, address), later);
  expect(failures.username_and_address.attempts.size).toBe(1);
  expect(failures.username_and_address.expires_at * 1000).toBe(later + 15 * MINUTE);
});

test('failures at the same time after a window are all counted in the next one', async () => {
  const { username } = await newUser();
  const attempt = loginAttempt(username, '192.0.2.12');
  await countFailedLogin(attempt, START, WINDOW);
  const later = START + 20 * MINUTE;
  await Promise.all(Array.from({ length: 8 }, () => countFailedLogin(attempt, later, WINDOW)));
  const { failures } = await readLoginStanding(attempt, later);
  expect(failures.username_and_address.attempts.size).toBe(8);
});

test('a hundred failures under one name from anywhere throttle that name everywhere', async () => {
  const account = await newUser();
  await failTimes(
    100,
    () => account.username,
    (n) => `203.0.113.${n}`,
  );
  await expect(login(account, '192.0.2.13', () => START)).rejects.toMatchObject(throttled);
});

test('a hundred failures from one address throttle every name there, impossible ones too', async () => {
  const account = await newUser();
  const address = '192.0.2.14';
  await failTimes(
    100,
    (n) => (n % 2 ? `somebody-${n}` : 'not a name'),
    () => address,
  );
  await expect(login(account, address, () => START)).rejects.toMatchObject(throttled);
  const impossible = login({ username: '###', password: 'x' }, address, () => START);
  await expect(impossible).rejects.toMatchObject(throttled);
});

test('a success leaves what is counted by name and by address alone', async () => {
  const account = await newUser();
  const address = '192.0.2.15';
  await failTimes(
    3,
    () => account.username,
    () => address,
  );
  await login(account, address, () => START);
  const { failures } = await readLoginStanding(loginAttempt(account.username, address), START);
  const counts = Object.entries(failures).map(([scope, { attempts }]) => [scope, attempts.size]);
  expect(Object.fromEntries(counts)).toEqual({ username_and_address: 0, username: 3, address: 3 });
});

test('a name that looks like an address and an address are counted apart', async () => {
  await failTimes(
    1,
    () => '192.0.2.16',
    () => '192.0.2.17',
  );
  const { failures } = await readLoginStanding(loginAttempt('someone', '192.0.2.16'), START);
  expect(failures.address.attempts.size).toBe(0);
});

test('a success costs one trip and four read units, a failure one trip and three write units more', async () => {
  const account = await newUser();
  const address = '192.0.2.18';
  const cost = (password: string) =>
    metered(async (consumption) => {
      await login({ ...account, password }, address, () => START).catch(() => {});
      return { ...consumption };
    });
  expect(await cost(account.password)).toMatchObject({ trips: 1, read_units: 4, write_units: 0 });
  expect(await cost('wrong-password')).toMatchObject({ trips: 2, read_units: 4, write_units: 3 });
  expect(await cost(account.password)).toMatchObject({ trips: 2, read_units: 4, write_units: 1 });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['test-invoke-source-ip', 'test-invoke-source-ip'],
])('the address %s counts as %s', (source_ip, network) => {
  expect(sourceNetwork(source_ip)).toBe(network);
});
