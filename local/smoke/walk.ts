import { randomBytes } from 'node:crypto';
import { type OperationId, routes } from '../../lib/http/routes.ts';
import { check, type SmokeClient } from './client.ts';

/** Somebody whom the walk has registered. */
interface Person {
  id: number;
  username: string;
  email: string;
  password: string;
  access: string;
  refresh: string;
}

/** What the steps of a walk hand on. */
export interface Walk {
  client: SmokeClient;
  alice: Person;
  bob: Person;
}

/** One step: the endpoint that it is about, and what must come of calling it. */
export interface Step {
  name: OperationId;
  /** It can be tried though nobody was registered. */
  needs_nobody?: true;
  run(walk: Walk): Promise<void>;
}

const newPerson = () => {
  const username = `smoke-${randomBytes(8).toString('hex')}`;
  const password = randomBytes(12).toString('base64url');
  return { username, email: `${username}@example.com`, password };
};

async function register(client: SmokeClient): Promise<Person> {
  const { username, email, password } = newPerson();
  const body = { username, email, password, password_confirm: password, device: 'Smoke test' };
  const headers = { 'Idempotency-Key': username };
  const answer = await client.expect(201, 'POST', '/register/', { body, headers });
  check(answer.user.username === username, 'The registered user has another name.');
  const repeated = await client.send('POST', '/register/', { body, headers });
  check(
    repeated.status === 201 && repeated.headers.get('idempotency-replayed') === 'true',
    'A registration that is repeated under its Idempotency-Key is not answered as the first time.',
  );
  return { id: answer.user.id, username, email, password, access: answer.access, refresh: answer.refresh };
}

const ids = (list: { results: { id: unknown }[] }) => list.results.map(({ id }) => id);

/** Every endpoint once, as two people who have just come would call it; in this order. */
export const STEPS: readonly Step[] = [
  {
    name: 'register',
    needs_nobody: true,
    async run(walk) {
      walk.alice = await register(walk.client);
      walk.bob = await register(walk.client);
    },
  },
  {
    name: 'login',
    async run({ client, alice: { username, password } }) {
      const wrong = { username, password: `${password}x` };
      await client.expectRefusal(401, 'no_active_account', 'POST', '/login/', { body: wrong });
      const answer = await client.expect(200, 'POST', '/login/', { body: { username, password } });
      check(answer.user.username === username, 'Another user was logged in.');
    },
  },
  {
    name: 'getMe',
    async run({ client, alice }) {
      const me = await client.expect(200, 'GET', '/me/', { token: alice.access });
      check(me.id === alice.id && me.email === alice.email, 'The own profile is of somebody else.');
    },
  },
  {
    name: 'updateMe',
    async run({ client, alice }) {
      const body = { first_name: 'Smoke', bio: 'Walks through every endpoint.' };
      const user = await client.expect(200, 'PATCH', '/me/update/', { token: alice.access, body });
      check(user.first_name === 'Smoke', 'A change of the profile is not answered.');
    },
  },
  {
    name: 'getUser',
    async run({ client, alice }) {
      const profile = await client.expect(200, 'GET', `/${alice.username.toUpperCase()}/`);
      check(profile.first_name === 'Smoke', 'The profile does not show the change.');
      check(!('email' in profile), 'The profile shows the email address to everybody.');
    },
  },
  {
    name: 'listUsers',
    async run({ client, alice }) {
      const { users } = await client.expect(200, 'GET', `/?search=${alice.username}`);
      check(
        users.length === 1 && users[0].id === alice.id,
        'The list does not find a user who has just registered.',
      );
    },
  },
  {
    name: 'followUser',
    async run({ client, alice, bob }) {
      const body = { following: bob.id };
      const follow = await client.expect(201, 'POST', '/follow/', { token: alice.access, body });
      check(follow.following_username === bob.username, 'Somebody else is followed.');
    },
  },
  {
    name: 'listMyFollowing',
    async run({ client, alice, bob }) {
      const { count, results } = await client.expect(200, 'GET', '/following/', { token: alice.access });
      check(count === 1 && results[0]?.following === bob.id, 'My follows do not show the new one.');
    },
  },
  {
    name: 'listMyFollowedUsers',
    async run({ client, alice, bob }) {
      const list = await client.expect(200, 'GET', '/me/following/', { token: alice.access });
      check(ids(list).includes(bob.id), 'The users whom I follow lack the new one.');
    },
  },
  {
    name: 'listMyFollowers',
    async run({ client, alice, bob }) {
      const list = await client.expect(200, 'GET', '/me/followers/', { token: bob.access });
      check(ids(list).includes(alice.id), 'My followers lack the new one.');
    },
  },
  {
    name: 'listFollowers',
    async run({ client, alice, bob }) {
      const list = await client.expect(200, 'GET', `/${bob.username}/followers/`);
      check(ids(list).includes(alice.id), 'The followers of a user lack the new one.');
    },
  },
  {
    name: 'listFollowing',
    async run({ client, alice, bob }) {
      const path = `/${alice.username}/following/`;
      const list = await client.expect(200, 'GET', path, { token: alice.access });
      check(
        list.results.some(
          ({ id, is_following }: { id: number; is_following: boolean }) => id === bob.id && is_following,
        ),
        'Whom a user follows does not show the new one as followed.',
      );
    },
  },
  {
    name: 'getMyStats',
    async run({ client, alice, bob }) {
      const mine = await client.expect(200, 'GET', '/me/stats/', { token: alice.access });
      const theirs = await client.expect(200, 'GET', '/me/stats/', { token: bob.access });
      check(mine.following_count === 1 && theirs.followers_count === 1, 'The counts do not show the follow.');
    },
  },
  {
    name: 'unfollowUser',
    async run({ client, alice, bob }) {
      const path = `/${bob.username}/unfollow/`;
      await client.expect(200, 'DELETE', path, { token: alice.access });
      await client.expectRefusal(404, 'not_following', 'DELETE', path, { token: alice.access });
    },
  },
  {
    name: 'refreshToken',
    async run(walk) {
      const { client, alice } = walk;
      const body = { refresh: alice.refresh, rotate: true };
      const { access, refresh } = await client.expect(200, 'POST', '/token/refresh/', { body });
      await client.expect(200, 'GET', '/me/', { token: access });
      Object.assign(alice, { access, refresh });
    },
  },
  {
    name: 'listMySessions',
    async run({ client, alice }) {
      const { results } = await client.expect(200, 'GET', '/me/sessions/', { token: alice.access });
      check(
        results.some(
          ({ device, is_current }: { device: string; is_current: boolean }) =>
            is_current && device === 'Smoke test',
        ),
        'The sessions do not show this one.',
      );
    },
  },
  {
    name: 'endMySession',
    async run({ client, alice }) {
      const { results } = await client.expect(200, 'GET', '/me/sessions/', { token: alice.access });
      const other = results.find(({ is_current }: { is_current: boolean }) => !is_current);
      check(other, 'The sessions do not show the other one.');
      await client.expect(200, 'DELETE', `/me/sessions/${other.id}/`, { token: alice.access });
    },
  },
  {
    name: 'endMyOtherSessions',
    async run({ client, alice }) {
      const before = alice.access;
      const { access, refresh } = await client.expect(200, 'DELETE', '/me/sessions/', { token: before });
      await client.expectRefusal(401, 'token_not_valid', 'GET', '/me/', { token: before });
      Object.assign(alice, { access, refresh });
    },
  },
  {
    name: 'logout',
    async run({ client, alice: { access, refresh } }) {
      await client.expect(200, 'POST', '/logout/', { token: access, body: { refresh } });
      await client.expectRefusal(401, 'token_not_valid', 'POST', '/token/refresh/', { body: { refresh } });
    },
  },
  {
    name: 'getJwks',
    needs_nobody: true,
    async run({ client }) {
      const { keys } = await client.expect(200, 'GET', '/.well-known/jwks.json');
      check(
        keys.length > 0 && keys.every((key: object) => !('d' in key)),
        'There are no public keys, or private ones.',
      );
    },
  },
  {
    name: 'getOpenidConfiguration',
    needs_nobody: true,
    async run({ client }) {
      const { issuer } = await client.expect(200, 'GET', '/.well-known/openid-configuration');
      check(issuer === client.url, `The issuer of tokens is ${issuer}, and the address ${client.url}.`);
    },
  },
  {
    name: 'getOpenapi',
    needs_nobody: true,
    async run({ client }) {
      const { paths } = await client.expect(200, 'GET', '/openapi.json');
      const described = Object.keys(paths).length;
      check(described > 0, 'The description has no paths.');
    },
  },
  {
    name: 'getDocs',
    needs_nobody: true,
    async run({ client }) {
      const page = await client.expect(200, 'GET', '/docs/');
      check(/<html/i.test(String(page)), 'The reference page is no page.');
    },
  },
];

/** Whether people can delete their accounts on the stage, as its description says. */
export async function canLeave({ client }: Walk): Promise<boolean> {
  const { paths } = await client.expect(200, 'GET', '/openapi.json');
  return Object.entries<object>(paths).some(
    ([path, operations]) => /(^|\/)me\/?$/.test(path) && 'delete' in operations,
  );
}

/** Removes both people. */
export async function leave({ client, alice, bob }: Walk): Promise<void> {
  for (const { username, password } of [alice, bob]) {
    const { access } = await client.expect(200, 'POST', '/login/', { body: { username, password } });
    await client.expect(200, 'DELETE', '/me/', { token: access, body: { password } });
    await client.expectRefusal(404, 'not_found', 'GET', `/${username}/`);
  }
}

/** The endpoints that no step is about. */
export const notWalked = () =>
  (Object.keys(routes) as OperationId[]).filter((name) => !STEPS.some((step) => step.name === name));
