import { expect, test } from 'vitest';
import { get, post, send } from '../../support/api.ts';
import { deliver, postsEvent } from '../../support/events.ts';
import { exampleRequests } from '../../support/examples.ts';
import { expectProblem } from '../../support/problems.ts';
import {
  changeProfile,
  follow,
  hide,
  newUser,
  registration,
  show,
  unfollow,
  uniqueName,
} from '../../support/users.ts';

const total = async (name: string) => (await get(`/?search=${name}`)).body.batch_info.total_users;

const names = async (path: string) =>
  (await get(path)).body.results.map(({ username }: { username: string }) => username);

test('a suspended user is refused by every endpoint, whatever token comes', async () => {
  const [user, other] = [await newUser(), await newUser()];
  const examples = await exampleRequests(user, other);
  await hide(user.username, 'suspended_at');
  const { access: token, refresh, username, password } = user;
  for (const { method, path, query, body, caller } of examples) {
    if (caller === 'none') continue;
    expectProblem(await send(method, `${path}${query}`, body, { token }), 401, 'token_not_valid');
  }
  for (const changes of [{}, { bio: 'x' }, { email: registration().email }]) {
    expectProblem(await changeProfile(user, changes), 401, 'token_not_valid');
  }
  expectProblem(await post('/login/', { username, password }), 403, 'account_suspended');
  expectProblem(await post('/login/', { username, password: 'wrong-password' }), 401, 'no_active_account');
  for (const rotate of [false, true]) {
    expectProblem(await post('/token/refresh/', { refresh, rotate }), 403, 'account_suspended');
  }
  expectProblem(await post('/token/refresh/', { refresh: `${refresh}x` }), 401, 'token_not_valid');
});

test('a suspended user is seen nowhere, and everything is back after the restoration', async () => {
  const user = await newUser({ username: uniqueName('suspended') });
  const [fan, idol] = [await newUser(), await newUser()];
  await follow(fan, user);
  await follow(user, idol);
  const { username, password } = user;
  const before = (await get(`/${username}/`)).body;
  expect(await total(username)).toBe(1);

  await hide(username, 'suspended_at');
  for (const path of [`/${username}/`, `/${username}/followers/`, `/${username}/following/`]) {
    expectProblem(await get(path), 404, 'not_found');
    expectProblem(await get(path, { token: fan.access }), 404, 'not_found');
  }
  expect(await total(username)).toBe(0);
  expect(await names(`/${fan.username}/following/`)).toEqual([]);
  expect(await names(`/${idol.username}/followers/`)).toEqual([]);
  expectProblem(await follow(idol, user), 404, 'not_found');
  expectProblem(await unfollow(idol, user), 404, 'not_found');
  await deliver(postsEvent('PostLiked', username));

  await show(username);
  expect((await get(`/${username}/`)).body).toEqual(before);
  expect(await total(username)).toBe(1);
  expect(await names(`/${fan.username}/following/`)).toEqual([username]);
  expect(await names(`/${idol.username}/followers/`)).toEqual([username]);
  expectProblem(await get('/me/', { token: user.access }), 401, 'token_not_valid');
  expectProblem(await post('/token/refresh/', { refresh: user.refresh }), 401, 'token_not_valid');
  const { access } = (await post('/login/', { username, password })).body;
  expect((await get('/me/stats/', { token: access })).body).toMatchObject({
    ...{ followers_count: 1, following_count: 1, likes_received: 1 },
  });
  expect((await follow(idol, user)).status).toBe(201);
  expect((await follow({ ...user, access }, fan)).status).toBe(201);
});

test('whoever follows a suspended user can stop', async () => {
  const [user, fan] = [await newUser(), await newUser()];
  await follow(fan, user);
  await hide(user.username, 'suspended_at');
  expect((await unfollow(fan, user)).status).toBe(200);
  await show(user.username);
  expect((await get(`/${user.username}/`)).body.followers_count).toBe(0);
});
