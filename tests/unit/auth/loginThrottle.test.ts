import { expect, test } from 'vitest';
import { loginAttempt, WINDOW } from '../../../lib/auth/loginThrottle.ts';
import { login as loginFrom } from '../../../lib/auth/sessions.ts';
import { metered } from '../../../lib/meter.ts';
import { countFailedLogin, readLoginStanding } from '../../../lib/table/failedLogins.ts';
import { scanItems } from '../../support/table.ts';
import { newUser, uniqueName } from '../../support/users.ts';

const START = Date.UTC(2024, 0, 15, 10, 30);
const MINUTE = 60_000;

/** Logs in from an address. */
const login = (request: Parameters<typeof loginFrom>[0], source_ip: string, clock: () => number) =>
  loginFrom(request, { source_ip, user_agent: '', clock });

const wrong = { code: 'no_active_account' };
const throttled = { code: 'throttled' };

async function failTimes(
  times: number,
  username: (n: number) => string,
  address: (n: number) => string,
  now = START,
) {
  const attempts = Array.from({ length: times }, (_, n) => loginAttempt(username(n), address(n)));
  await Promise.all(attempts.map((attempt) => countFailedLogin(attempt, now, () => WINDOW)));
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
  const { failures } = await readLoginStanding(loginAttempt(account.username, address));
  expect(failures.username_and_address.attempts.size).toBe(1);
  expect(failures.username_and_address.ends_at * 1000).toBe(later + 15 * MINUTE);
});

test('failures at the same time after a window are all counted in the next one', async () => {
  const { username } = await newUser();
  const attempt = loginAttempt(username, '192.0.2.12');
  await countFailedLogin(attempt, START, () => WINDOW);
  const later = START + 20 * MINUTE;
  await Promise.all(Array.from({ length: 8 }, () => countFailedLogin(attempt, later, () => WINDOW)));
  const { failures } = await readLoginStanding(attempt);
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
  const { failures } = await readLoginStanding(loginAttempt(account.username, address));
  const counts = Object.entries(failures).map(([scope, { attempts }]) => [scope, attempts.size]);
  expect(Object.fromEntries(counts)).toMatchObject({ username_and_address: 0, username: 3, address: 3 });
});

test('a name that looks like an address and an address are counted apart', async () => {
  await failTimes(
    1,
    () => '192.0.2.16',
    () => '192.0.2.17',
  );
  const { failures } = await readLoginStanding(loginAttempt('someone', '192.0.2.16'));
  expect(failures.address.attempts.size).toBe(0);
});

test('a success costs two trips, three read units and a write, a failure three writes', async () => {
  const account = await newUser();
  const address = '192.0.2.18';
  const cost = (password: string) =>
    metered(async (consumption) => {
      await login({ ...account, password }, address, () => START).catch(() => {});
      return { ...consumption };
    });
  expect(await cost(account.password)).toMatchObject({ trips: 2, read_units: 3, write_units: 1 });
  expect(await cost('wrong-password')).toMatchObject({ trips: 2, read_units: 2.5, write_units: 3 });
  expect(await cost(account.password)).toMatchObject({ trips: 3, read_units: 3, write_units: 2 });
});

test('H4: a name that is guessed for days gets windows that grow, up to eight hours', async () => {
  const account = await newUser();
  const guess = { ...account, password: 'wrong-password' };
  let now = START;
  const lengths: number[] = [];
  for (let window = 0; window < 8; window++) {
    await expect(login(guess, '198.51.100.1', () => now)).rejects.toMatchObject(wrong);
    const attempt = loginAttempt(account.username, '198.51.100.1');
    const { failures } = await readLoginStanding(attempt);
    lengths.push(failures.username.length / 60);
    await failTimes(
      100,
      () => account.username,
      (n) => `203.0.113.${n}`,
      now,
    );
    now = failures.username.ends_at * 1000;
  }
  expect(lengths).toEqual([15, 30, 60, 120, 240, 480, 480, 480]);
  now += 25 * 60 * MINUTE;
  await expect(login(guess, '198.51.100.2', () => now)).rejects.toMatchObject(wrong);
  const { failures } = await readLoginStanding(loginAttempt(account.username, '198.51.100.2'));
  expect(failures.username.length / 60).toBe(15);
});

test('H4: a device that has logged in before is not locked out by strangers, and may not guess either', async () => {
  const account = await newUser();
  const { device_token } = await login({ ...account, device_token: '' }, '192.0.2.20', () => START);
  await failTimes(
    100,
    () => account.username,
    (n) => `203.0.113.${n}`,
  );
  await expect(login(account, '192.0.2.20', () => START)).rejects.toMatchObject(throttled);
  const back = await login({ ...account, device_token }, '192.0.2.20', () => START);
  expect(back.device_token).toBe(device_token);
  for (let n = 0; n < 10; n++) {
    const guess = { ...account, password: 'wrong-password', device_token };
    await expect(login(guess, '192.0.2.20', () => START)).rejects.toMatchObject(wrong);
  }
  await expect(login({ ...account, device_token }, '192.0.2.20', () => START)).rejects.toMatchObject(
    throttled,
  );
});

test('a device token counts for its own account alone, and a new one is given for any that does not count', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const { device_token } = await login({ ...alice, device_token: '' }, '192.0.2.21', () => START);
  await failTimes(
    100,
    () => bob.username,
    (n) => `203.0.113.${n}`,
  );
  await expect(login({ ...bob, device_token }, '192.0.2.21', () => START)).rejects.toMatchObject(throttled);
  const later = START + 100 * 24 * 60 * MINUTE;
  for (const token of [device_token, 'nonsense', alice.refresh, alice.access]) {
    const answer = await login({ ...alice, device_token: token }, '192.0.2.21', () => later);
    expect(answer.device_token).not.toBe(token);
  }
  expect(await login(alice, '192.0.2.21', () => START)).not.toHaveProperty('device_token');
});

test('M3: no name and no address is in a key of the table', async () => {
  const typed = `Secret-${uniqueName()}`;
  await login({ username: typed, password: 'x' }, '192.0.2.199', () => START).catch(() => {});
  const keys = (await scanItems())
    .map(({ PK }) => String(PK))
    .filter((key) => key.startsWith('FAILED_LOGIN#'));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key) => /192|secret/i.test(key))).toEqual([]);
});
