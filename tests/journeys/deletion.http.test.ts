import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { get, post, send } from '../support/api.ts';
import { findTraces } from '../support/traces.ts';
import { follow, registerUser, registration } from '../support/users.ts';

/** Longer than the eraser waits for what is under way, and takes then. */
const PATIENCE = 120_000;

test('an account that is deleted over HTTP is erased by what hears of it, and its name begins anew', {
  timeout: 2 * PATIENCE,
}, async () => {
  const first = registration();
  const [user, fan] = [await registerUser(first), await registerUser()];
  await follow(fan, user);
  await follow(user, fan);
  const { access: token, password } = user;
  expect((await get('/me/export/', { token })).body.profile.email).toBe(first.email);
  expect((await send('DELETE', '/me/', { password }, { token })).status).toBe(200);
  expect((await get('/me/', { token })).status).toBe(401);
  expect((await post('/register/', first)).body.code).toBe('username_taken');

  const patience = Date.now() + PATIENCE;
  let again = await post('/register/', first);
  while (again.status === 409 && Date.now() < patience) {
    await sleep(2000);
    again = await post('/register/', first);
  }
  expect(again.status).toBe(201);
  expect(again.body.user.id).toBeGreaterThan(user.id);
  expect((await get(`/${user.username}/`)).body).toMatchObject({ followers_count: 0, following_count: 0 });
  expect((await get(`/${fan.username}/`)).body).toMatchObject({ followers_count: 0, following_count: 0 });
  const own = [`USER#${user.username} `, `EMAIL#${first.email} `, `USER_ID#${again.body.user.id} `];
  const traces = await findTraces({ id: 1e12, username: first.username, emails: [first.email] });
  expect(traces.filter((key) => !own.some((beginning) => key.startsWith(beginning)))).toEqual([]);

  const told = async () => {
    const events = await readFile(join(inject('data'), 'events.ndjson'), 'utf8');
    const about = events
      .split('\n')
      .filter((line) => line.includes(`"id":${user.id},"username":"${user.username}"`));
    return [...new Set(about.map((line) => JSON.parse(line)['detail-type']))];
  };
  await expect
    .poll(told, { timeout: 20_000 })
    .toEqual(['UserRegistered', 'UserFollowed', 'AccountDeleted', 'UserUnfollowed']);
});
