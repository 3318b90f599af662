import { describe, expect, test } from 'vitest';
import { type Answer, get, post } from '../support/api.ts';
import { captureLogs } from '../support/output.ts';
import { changeProfile, follow, newUser, registration, unfollow, uniqueName } from '../support/users.ts';

interface Budget {
  trips: number;
  read_units: number;
  write_units: number;
}

/** Asserts what the database says that a warm request consumed, and how often the request waited for it. */
async function expectWithin(budget: Budget, request: () => Promise<Answer>) {
  const { result, lines } = await captureLogs(request);
  expect(result.status, result.text).toBeLessThan(300);
  const cost = lines.find(({ message }) => message === 'request') as unknown as Budget;
  const { trips, read_units, write_units } = cost;
  expect({ trips, read_units, write_units }).toSatisfy(
    (actual: Budget) =>
      actual.trips <= budget.trips &&
      actual.read_units <= budget.read_units &&
      actual.write_units <= budget.write_units + 1e-9,
    JSON.stringify({ budget, trips, read_units, write_units }),
  );
}

const within = (trips: number, read_units: number, write_units: number): Budget => ({
  trips,
  read_units,
  write_units,
});

const typical = {
  first_name: 'Alexandra',
  last_name: 'Featherstone',
  bio: 'Software developer, passionate about APIs.',
};

const [alice, bob] = [await newUser(typical), await newUser(typical)];

for (let n = 0; n < 10; n++) {
  const other = await newUser(typical);
  await follow(other, alice);
  await follow(alice, other);
}
await get('/', { token: alice.access });

test('register: 2 trips, 10 write units', async () => {
  await expectWithin(within(2, 0, 10), () => post('/register/', registration(typical)));
});

test('login: 1 trip, 4 read units', async () => {
  const { username, password } = alice;
  await expectWithin(within(1, 4, 0), () => post('/login/', { username, password }));
});

test('refresh: 1 trip, 2 read units', async () => {
  await expectWithin(within(1, 2, 0), () => post('/token/refresh/', { refresh: alice.refresh }));
});

test('logout: 1 trip, half a read unit for the account, 1 write unit', async () => {
  const user = await newUser();
  await expectWithin(within(1, 0.5, 1), () =>
    post('/logout/', { refresh: user.refresh }, { token: user.access }),
  );
});

test('me, stats and profile: 1 trip, 1 read unit', async () => {
  const options = { token: alice.access };
  await expectWithin(within(1, 1, 0), () => get('/me/', options));
  await expectWithin(within(1, 1, 0), () => get('/me/stats/', options));
  await expectWithin(within(1, 1, 0), () => get(`/${bob.username}/`, options));
  await expectWithin(within(1, 0.5, 0), () => get(`/${bob.username}/`));
});

describe('update', () => {
  test('of nothing: 1 trip, 1 read unit', async () => {
    await expectWithin(within(1, 1, 0), () => changeProfile(bob, {}));
  });

  test('without an email address: 1 trip, 3 write units', async () => {
    const changes = {
      first_name: 'Bobby',
      bio: 'Another line about me.',
      avatar: 'https://example.com/bob.jpg',
    };
    await expectWithin(within(1, 0, 3), () => changeProfile(bob, changes));
  });

  test('of the email address: 2 trips, 1 read unit, 8 write units', async () => {
    const email = `${uniqueName()}@example.com`;
    await expectWithin(within(2, 1, 8), () => changeProfile(bob, { email }));
  });
});

describe('list', () => {
  test('anonymous: 1 trip, 2 read units', async () => {
    await expectWithin(within(1, 2, 0), () => get('/'));
  });

  test('signed in, 10 rows: 2 trips, 7 read units', async () => {
    await expectWithin(within(2, 7, 0), () => get('/', { token: bob.access }));
  });
});

describe('follow and unfollow', () => {
  test('follow: 2 trips, 1 read unit, 7 write units, and a lease of ids that 20 follows share', async () => {
    const users = await Promise.all(Array.from({ length: 20 }, () => newUser()));
    const { lines } = await captureLogs(async () => {
      for (const user of users) await follow(user, bob);
    });
    const costs = lines as unknown as Budget[];
    expect(costs).toHaveLength(20);
    for (const { trips, read_units } of costs) expect([trips, read_units]).toEqual([2, 1]);
    const written = costs.reduce((sum, { write_units }) => sum + write_units, 0);
    expect(written / 20).toBeLessThanOrEqual(7.1);
  });

  test('unfollow: 1 trip, 7 write units', async () => {
    const user = await newUser();
    await follow(user, bob);
    await expectWithin(within(1, 0, 7), () => unfollow(user, bob));
  });
});

describe('lists of edges', () => {
  test('my following, 100 edges: 1 trip, 3 read units', async () => {
    const user = await newUser();
    const followed = await Promise.all(Array.from({ length: 100 }, () => newUser()));
    for (const other of followed) await follow(user, other);
    await expectWithin(within(1, 3, 0), () => get('/following/', { token: user.access }));
  });

  test.each(['followers', 'following'])(
    '%s of a user, 10 rows, signed in: 2 trips, 13 read units',
    async (list) => {
      const path = `/${alice.username}/${list}/`;
      expect((await get(path)).body.results).toHaveLength(10);
      await expectWithin(within(2, 13, 0), () => get(path, { token: bob.access }));
    },
  );
});
