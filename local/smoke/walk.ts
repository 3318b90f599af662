import { randomBytes } from 'node:crypto';
import { type OperationId, routes } from '../../lib/http/routes.ts';
import { check, type Sent, type SmokeClient } from './client.ts';

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
  // An address that SES takes any mail for, so that none bounces.
  return { username, email: `success+${username}@simulator.amazonses.com`, password };
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

/** What asks for mail is taken where the stage sends any, and says so where it does not. */
async function askForMail(client: SmokeClient, path: string, sent: Sent): Promise<void> {
  const { status, body } = await client.send('POST', path, sent);
  const is_off = status === 503 && body?.code === 'unavailable';
  check(status === 202 || is_off, `POST ${path} answers ${status}, neither 202 nor that no mail is sent.`);
}

/** A token that was never mailed is refused, or all are where the stage sends no mail. */
async function sendNoToken(client: SmokeClient, path: string, body: object): Promise<void> {
  const answer = await client.send('POST', path, { body: { token: 'never-mailed', ...body } });
  const { status, body: problem } = answer;
  const is_refused = status === 400 && problem?.code === 'link_not_valid';
  const is_off = status === 503 && problem?.code === 'unavailable';
  check(is_refused || is_off, `POST ${path} answers ${status} to a token that was never mailed.`);
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
    name: 'listRelationships',
    async run({ client, alice, bob }) {
      const path = `/relationships/?usernames=${bob.username}`;
      const { results } = await client.expect(200, 'GET', path, { token: alice.access });
      check(
        results.length === 1 && results[0].is_following && !results[0].follows_me,
        'What is between two users does not show the follow.',
      );
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
    name: 'removeFollower',
    async run({ client, alice, bob }) {
      const body = { following: bob.id };
      await client.expect(201, 'POST', '/follow/', { token: alice.access, body });
      const path = `/${alice.username}/remove-follower/`;
      await client.expect(200, 'DELETE', path, { token: bob.access });
      await client.expectRefusal(404, 'not_following', 'DELETE', path, { token: bob.access });
    },
  },
  {
    name: 'reportUser',
    async run({ client, alice, bob }) {
      const body = { reason: 'other', text: 'A smoke test: nothing to do.' };
      await client.expect(202, 'POST', `/${bob.username}/report/`, { token: alice.access, body });
    },
  },
  {
    name: 'blockUser',
    async run({ client, alice, bob }) {
      const body = { blocked: bob.id };
      await client.expect(201, 'POST', '/block/', { token: alice.access, body });
      const follow = { token: bob.access, body: { following: alice.id } };
      await client.expectRefusal(403, 'cannot_follow', 'POST', '/follow/', follow);
      await client.expectRefusal(404, 'not_found', 'GET', `/${alice.username}/`, { token: bob.access });
    },
  },
  {
    name: 'listMyBlocks',
    async run({ client, alice, bob }) {
      const { results } = await client.expect(200, 'GET', '/blocked/', { token: alice.access });
      check(results[0]?.blocked === bob.id, 'My blocks do not show the new one.');
    },
  },
  {
    name: 'unblockUser',
    async run({ client, alice, bob }) {
      await client.expect(200, 'DELETE', `/${bob.username}/unblock/`, { token: alice.access });
      await client.expect(200, 'GET', `/${alice.username}/`, { token: bob.access });
    },
  },
  {
    name: 'getAvailability',
    needs_nobody: true,
    async run({ client }) {
      const { username } = await client.expect(200, 'GET', `/availability/?username=${newPerson().username}`);
      check(username.available, 'A name that nobody has is not free.');
    },
  },
  {
    name: 'exportMe',
    async run({ client, alice }) {
      const { profile, sessions } = await client.expect(200, 'GET', '/me/export/', { token: alice.access });
      check(profile?.id === alice.id && sessions.length > 0, 'The export is not of whoever asks.');
    },
  },
  {
    name: 'requestVerification',
    run: ({ client, alice }) => askForMail(client, '/me/email/verification/', { token: alice.access }),
  },
  {
    name: 'verifyEmail',
    needs_nobody: true,
    run: ({ client }) => sendNoToken(client, '/email/verify/', {}),
  },
  {
    name: 'forgetPassword',
    needs_nobody: true,
    run: ({ client }) => askForMail(client, '/password/forgot/', { body: { email: newPerson().email } }),
  },
  {
    name: 'resetPassword',
    needs_nobody: true,
    run: ({ client }) => {
      const { password } = newPerson();
      const passwords = { new_password: password, new_password_confirm: password };
      return sendNoToken(client, '/password/reset/', passwords);
    },
  },
  {
    name: 'changePassword',
    async run({ client, bob }) {
      const [before, { password }] = [bob.access, newPerson()];
      const body = { current_password: bob.password, new_password: password, new_password_confirm: password };
      const { access, refresh } = await client.expect(200, 'POST', '/me/password/', { token: before, body });
      await client.expectRefusal(401, 'token_not_valid', 'GET', '/me/', { token: before });
      Object.assign(bob, { password, access, refresh });
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
  {
    name: 'deleteMe',
    async run({ client, alice, bob }) {
      for (const { username, password } of [alice, bob]) {
        const { access } = await client.expect(200, 'POST', '/login/', { body: { username, password } });
        await client.expect(200, 'DELETE', '/me/', { token: access, body: { password } });
        await client.expectRefusal(404, 'not_found', 'GET', `/${username}/`);
      }
    },
  },
];

/** The endpoints that no step is about. */
export const notWalked = () =>
  (Object.keys(routes) as OperationId[]).filter((name) => !STEPS.some((step) => step.name === name));
