import { describe, expect, test } from 'vitest';
import { del, get, patch, post } from '../support/api.ts';
import { registration, uniqueName } from '../support/users.ts';

describe.each(['/', ''])('the requests of the API document, paths ending in %j', (slash) => {
  test('answer the statuses and shapes of the document, in its order', async () => {
    const [alice, bob] = [uniqueName('alice'), uniqueName('bob')];
    const email = `${alice}@example.com`;
    const person = {
      first_name: 'Alice',
      last_name: 'Smith',
      bio: 'Software developer passionate about APIs',
    };

    const registered = await post(`/register${slash}`, registration({ username: alice, email, ...person }));
    expect(registered.status).toBe(201);
    expect(Object.keys(registered.body)).toEqual(['user', 'access', 'refresh']);
    const other = await post(`/register${slash}`, registration({ username: bob }));

    const login = await post(`/login${slash}`, { username: alice, password: 'password123' });
    expect(login.status).toBe(200);
    const { access: token, refresh } = login.body;

    const refreshed = await post(`/token/refresh${slash}`, { refresh });
    expect([refreshed.status, Object.keys(refreshed.body)]).toEqual([200, ['access']]);

    const logout = await post(`/logout${slash}`, { refresh: registered.body.refresh }, { token });
    expect([logout.status, logout.body]).toEqual([200, { message: 'Successfully logged out' }]);

    const list = await get(`${slash}?search=${alice}&batch_size=10&batch_number=0`);
    expect(list.status).toBe(200);
    expect(list.body.users).toMatchObject([{ username: alice, is_following: false }]);

    expect((await get(`/${bob}${slash}`)).body).toMatchObject({ username: bob, posts_count: 0 });
    expect((await get(`/me${slash}`, { token })).body).toMatchObject({ username: alice, email });

    const changes = {
      first_name: 'Alice',
      last_name: 'Johnson',
      bio: 'Updated bio',
      avatar: 'https://example.com/new-avatar.jpg',
      email: `johnson.${email}`,
    };
    expect((await patch(`/me/update${slash}`, changes, { token })).body).toMatchObject(changes);

    const follow = await post(`/follow${slash}`, { following: other.body.user.id }, { token });
    expect([follow.status, follow.body.following_username]).toEqual([201, bob]);
    expect((await get(`/following${slash}`, { token })).body).toMatchObject({
      count: 1,
      results: [follow.body],
    });
    expect((await get(`/me/following${slash}`, { token })).body.results).toMatchObject([{ username: bob }]);
    expect((await get(`/${bob}/followers${slash}`, { token })).body.results).toMatchObject([
      { username: alice, last_name: 'Johnson', is_following: false },
    ]);
    expect((await get(`/${alice}/following${slash}`, { token })).body.results).toMatchObject([
      { username: bob, is_following: true },
    ]);
    expect((await get(`/me/stats${slash}`, { token })).body).toMatchObject({ following_count: 1 });

    const unfollow = await del(`/${bob}/unfollow${slash}`, { token });
    expect([unfollow.status, unfollow.body]).toEqual([200, { message: `Stopped following ${bob}` }]);
  });
});
