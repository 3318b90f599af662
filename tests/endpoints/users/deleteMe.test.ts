import { describe, expect, test } from 'vitest';
import { del, get, post, send } from '../../support/api.ts';
import { exampleRequests } from '../../support/examples.ts';
import { expectProblem } from '../../support/problems.ts';
import {
  changeProfile,
  follow,
  newUser,
  registerUser,
  type TestUser,
  uniqueName,
} from '../../support/users.ts';

const deleteMe = (user: TestUser, password = user.password, token = user.access) =>
  send('DELETE', '/me/', { password }, { token });

const search = async (name: string, token?: string) =>
  (await get(`/?search=${name}`, { token })).body.batch_info.total_users;

describe('a deletion', () => {
  test('takes effect at once: for tokens, login, profile, lists and follows', async () => {
    const user = await registerUser({ username: uniqueName('leaver') });
    const [fan, idol] = [await newUser(), await newUser()];
    await follow(fan, user);
    await follow(user, idol);
    const second = (await post('/login/', user)).body;
    expect(await search(user.username)).toBe(1);

    expect((await deleteMe(user)).body).toEqual({ message: 'Your account is deleted' });

    expectProblem(await post('/login/', user), 401, 'no_active_account');
    expectProblem(await get(`/${user.username}/`), 404, 'not_found');
    expectProblem(await get(`/${user.username}/followers/`), 404, 'not_found');
    expectProblem(await get(`/${user.username}/following/`), 404, 'not_found');
    expect(await search(user.username)).toBe(0);
    expectProblem(await follow(await newUser(), user), 404, 'not_found');
    expect((await get(`/${fan.username}/following/`)).body.results).toEqual([]);
    expect((await get(`/${idol.username}/followers/`)).body.results).toEqual([]);
    for (const refresh of [user.refresh, second.refresh]) {
      expectProblem(await post('/token/refresh/', { refresh }), 401, 'token_not_valid');
    }
    for (const token of [user.access, second.access]) {
      for (const example of await exampleRequests(user, fan)) {
        if (example.caller === 'none') continue;
        const { method, path, query, body } = example;
        expectProblem(await send(method, `${path}${query}`, body, { token }), 401, 'token_not_valid');
      }
      expectProblem(await changeProfile({ ...user, access: token }, { bio: 'x' }), 401, 'token_not_valid');
    }
  });

  test('cannot be had with a stolen access token alone', async () => {
    const user = await newUser();
    for (const password of ['wrong-password', '', 'x'.repeat(5000)]) {
      expectProblem(await deleteMe(user, password), 400, 'invalid', ['password']);
    }
    for (const body of [{}, { password: null }, { password: [user.password] }]) {
      expectProblem(await send('DELETE', '/me/', body, { token: user.access }), 400, 'invalid', ['password']);
    }
    expectProblem(await del('/me/', { token: user.access }), 400, 'invalid');
    expectProblem(await send('DELETE', '/me/', { password: user.password }), 401, 'not_authenticated');
    expect((await get('/me/', { token: user.access })).status).toBe(200);
  });

  test('is one for both of two that come at once', async () => {
    const user = await newUser();
    const answers = await Promise.all([deleteMe(user), deleteMe(user)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  });

  test('wins over changes of the profile that come at once, or comes after them', async () => {
    const user = await newUser();
    const changes = Array.from({ length: 5 }, (_, n) => changeProfile(user, { bio: `number ${n}` }));
    const [deleted, ...changed] = await Promise.all([deleteMe(user), ...changes]);
    expect(deleted.status).toBe(200);
    for (const { status } of changed) expect([200, 401]).toContain(status);
    expect(await search(user.username)).toBe(0);
  });

  test('keeps the name and the address from others until all is erased', async () => {
    const user = await newUser();
    await deleteMe(user);
    const fields = { email: user.email, password: user.password, password_confirm: user.password };
    expectProblem(await post('/register/', { ...fields, username: user.username }), 409, 'username_taken', [
      'username',
    ]);
    expectProblem(await post('/register/', { ...fields, username: uniqueName() }), 409, 'email_taken', [
      'email',
    ]);
  });
});
