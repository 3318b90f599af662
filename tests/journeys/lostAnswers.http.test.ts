import { afterAll, expect, inject, test } from 'vitest';
import { createUsersClient, type UsersClient } from '../../client/index.ts';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { inParallel } from '../../local/pool.ts';
import { below, seededRandom } from '../../local/seed/random.ts';
import { get } from '../support/api.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { registration, uniqueName } from '../support/users.ts';

/** Registrations, follows and profile changes, this many of each. */
const PEOPLE = 100;
const AT_ONCE = 8;
const LOST = 0.3;

const random = seededRandom(7);
const network = await startFaultProxy(new URL(inject('service')).origin);
afterAll(() => network.stop());
let lost = 0;
network.fault = () => {
  if (random() >= LOST) return undefined;
  lost++;
  return 'lost';
};

interface Person {
  users: UsersClient;
  id: number;
  username: string;
}

const bio = uniqueName('lost');

async function register(): Promise<Person> {
  const users = createUsersClient({
    baseUrl: `${network.endpoint}${BASE_PATH}`,
    repeat: { wait: () => new Promise((done) => setTimeout(done, 5)), attempts: 20 },
  });
  const { data, error, response } = await users.api.POST('/register/', { body: { ...registration(), bio } });
  if (!data) throw new Error(`${response.status} ${error.detail}`);
  users.begin(data);
  return { users, id: data.user.id, username: data.user.username };
}

test('people on a network that loses three answers in ten notice nothing of it', async () => {
  const people = await inParallel(Array.from({ length: PEOPLE }), AT_ONCE, register);
  const followed = people.map((_, n) => people[(n + 1 + below(random, PEOPLE - 1)) % PEOPLE] as Person);
  const follows = await inParallel([...people.entries()], AT_ONCE, ([n, { users }]) =>
    users.api.POST('/follow/', { body: { following: followed[n]?.id ?? 0 } }),
  );
  expect(follows.map(({ response }) => response.status)).toEqual(Array(PEOPLE).fill(201));
  const changes = await inParallel([...people.entries()], AT_ONCE, ([n, { users }]) =>
    users.api.PATCH('/me/update/', { body: { first_name: `Number ${n}` } }),
  );
  expect(changes.map(({ response, data }) => [response.status, data?.first_name])).toEqual(
    people.map((_, n) => [200, `Number ${n}`]),
  );
  expect(lost).toBeGreaterThan(PEOPLE / 2);

  const { body } = await get(`/?search=${bio}`);
  expect(body.batch_info.total_users).toBe(PEOPLE);
  for (const [n, { username, id }] of people.entries()) {
    const followers = followed.filter((person) => person.id === id).length;
    expect((await get(`/${username}/`)).body).toMatchObject({
      first_name: `Number ${n}`,
      following_count: 1,
      followers_count: followers,
    });
  }
});
