import { describe, expect, test } from 'vitest';
import { type Answer, del, get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { changeProfile, follow, newUser, type TestUser } from '../../support/users.ts';

/** A user with five followers, who follow in their order; the first of them follows the others too. */
const popular = await newUser({ first_name: 'Popular' });
const newFollower = () => newUser({ first_name: 'Follower', last_name: 'Club' });
const followers = [
  await newFollower(),
  await newFollower(),
  await newFollower(),
  await newFollower(),
  await newFollower(),
] as const;

for (const follower of followers) await follow(follower, popular);
for (const other of followers.slice(1)) await follow(followers[0], other);
await changeProfile(followers[4], { avatar: 'https://example.com/avatar.jpg' });

const names = ({ body }: Answer) => body.results.map(({ username }: TestUser) => username);

async function walk(path: string, options: { token?: string | undefined } = {}, size = 2) {
  const pages: Answer[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.body.next) {
    const query = new URLSearchParams({ batch_size: String(size), ...(cursor && { cursor }) });
    pages.push(await get(`${path}?${query}`, options));
    if (pages.length > 20) throw new Error('The list does not end.');
  }
  return pages;
}

describe('followers of a user', () => {
  test('come newest first, as cards', async () => {
    const answer = await get(`/${popular.username}/followers/`);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['count', 'next', 'results']);
    expect(answer.body).toMatchObject({ count: 5, next: null });
    expect(names(answer)).toEqual(followers.map(({ username }) => username).reverse());
    expect(answer.body.results[0]).toEqual({
      id: followers[4].id,
      username: followers[4].username,
      first_name: 'Follower',
      last_name: 'Club',
      avatar: 'https://example.com/avatar.jpg',
      is_following: false,
    });
  });

  test('tell a caller with a token whom they follow', async () => {
    const { body } = await get(`/${popular.username}/followers/`, { token: followers[0].access });
    const following = body.results.map(({ is_following }: { is_following: boolean }) => is_following);
    expect(following).toEqual([true, true, true, true, false]);
  });

  test('come page by page, each once', async () => {
    const pages = await walk(`/${popular.username}/followers/`);
    expect(pages.map(names)).toEqual([
      [followers[4], followers[3]].map((follower) => follower.username),
      [followers[2], followers[1]].map((follower) => follower.username),
      [followers[0].username],
    ]);
    expect(pages.map(({ body }) => body.count)).toEqual([5, 5, 5]);
  });
});

describe('following of a user', () => {
  test('are cards with a count', async () => {
    const answer = await get(`/${followers[0].username.toUpperCase()}/following/`, {
      token: followers[1].access,
    });
    expect(answer.body).toMatchObject({ count: 5, next: null });
    expect(names(answer).sort()).toEqual(
      [popular, ...followers.slice(1)].map(({ username }) => username).sort(),
    );
    const marked = answer.body.results.filter(({ is_following }: { is_following: boolean }) => is_following);
    expect(marked).toMatchObject([{ id: popular.id, first_name: 'Popular' }]);
  });

  test('come page by page, each once', async () => {
    const pages = await walk(`/${followers[0].username}/following/`);
    expect(pages).toHaveLength(3);
    expect(pages.flatMap(names).sort()).toEqual(
      [popular, ...followers.slice(1)].map(({ username }) => username).sort(),
    );
  });

  test('has no next page when the last one is full', async () => {
    const pages = await walk(`/${followers[0].username}/following/`, {}, 5);
    expect(pages).toHaveLength(1);
  });
});

describe('my following', () => {
  test('are follows with a count', async () => {
    const { body, status } = await get('/following/', { token: followers[1].access });
    expect(status).toBe(200);
    expect(body).toEqual({
      count: 1,
      results: [
        {
          id: expect.any(Number),
          follower: followers[1].id,
          following: popular.id,
          follower_username: followers[1].username,
          following_username: popular.username,
          created_at: expect.stringMatching(/Z$/),
        },
      ],
      next: null,
    });
  });

  test('come page by page, each once', async () => {
    const pages = await walk('/following/', { token: followers[0].access });
    const found = pages.flatMap(({ body }) =>
      body.results.map(({ following }: { following: number }) => following),
    );
    expect(found.sort()).toEqual([popular, ...followers.slice(1)].map(({ id }) => id).sort());
    expect(pages).toHaveLength(3);
  });

  test('is empty for a new user', async () => {
    const { access } = await newUser();
    expect((await get('/following/', { token: access })).body).toEqual({ count: 0, results: [], next: null });
  });
});

describe('me as a username', () => {
  test('means the caller', async () => {
    const token = followers[0].access;
    expect((await get('/me/followers/', { token: popular.access })).body.count).toBe(5);
    expect((await get('/me/following/', { token })).body).toEqual(
      (await get(`/${followers[0].username}/following/`, { token })).body,
    );
  });

  test.each(['/me/followers/', '/me/following/'])('needs a token: %s', async (path) => {
    expectProblem(await get(path), 401, 'not_authenticated');
  });

  test('is lower case only', async () => {
    expectProblem(await get('/ME/followers/', { token: popular.access }), 404, 'not_found');
    expectProblem(await get('/Me/', { token: popular.access }), 404, 'not_found');
  });
});

test.each(['followers', 'following'])('an unknown user has no %s: 404', async (list) => {
  for (const name of ['nobody-has-this-name', 'login', 'a%20b']) {
    expectProblem(await get(`/${name}/${list}/`), 404, 'not_found');
  }
});

describe('a page', () => {
  const lists = () => [`/${popular.username}/followers/`, `/${popular.username}/following/`, '/following/'];

  test('above 100 counts as 100', async () => {
    for (const path of lists())
      expect((await get(`${path}?batch_size=1000`, { token: popular.access })).status).toBe(200);
  });

  test.each(['0', '-1', 'x', '1.5'])('may not have batch_size %s', async (size) => {
    for (const path of lists()) {
      expectProblem(await get(`${path}?batch_size=${size}`, { token: popular.access }), 400, 'invalid', [
        'batch_size',
      ]);
    }
  });

  test('wants a cursor of the same list', async () => {
    const of_followers = (await get(`/${popular.username}/followers/?batch_size=1`)).body.next;
    const of_following = (await get(`/${followers[0].username}/following/?batch_size=1`)).body.next;
    const forged = Buffer.from(JSON.stringify(['followers', popular.username, 'x'])).toString('base64url');
    for (const cursor of ['garbage', 'W10', '%00', of_following, forged, `${of_followers}x`]) {
      const answer = await get(`/${popular.username}/followers/?cursor=${cursor}`);
      expectProblem(answer, 400, 'invalid', ['cursor']);
    }
    const elsewhere = await get(`/${followers[1].username}/followers/?cursor=${of_followers}`);
    expectProblem(elsewhere, 400, 'invalid', ['cursor']);
    expectProblem(
      await get(`/following/?cursor=${of_followers}`, { token: popular.access }),
      400,
      'invalid',
      ['cursor'],
    );
  });

  test('takes an empty cursor as none', async () => {
    expect((await get(`/${popular.username}/followers/?cursor=`)).body.count).toBe(5);
  });

  test('loses nobody when an edge at the cursor goes away', async () => {
    const [hub, ...others] = (await Promise.all(Array.from({ length: 5 }, () => newUser()))) as [
      TestUser,
      ...TestUser[],
    ];
    for (const other of others) await follow(hub, other);
    const first = await get('/following/?batch_size=2', { token: hub.access });
    const last = first.body.results[1].following_username;
    await del(`/${last}/unfollow/`, { token: hub.access });
    const second = await get(`/following/?batch_size=2&cursor=${first.body.next}`, { token: hub.access });
    const seen = [...first.body.results, ...second.body.results].map(({ following }) => following);
    expect(seen.sort()).toEqual(others.map(({ id }) => id).sort());
  });
});

describe('my follows with expand=user', () => {
  const [fan] = followers;
  const path = '/following/?expand=user';

  test('have the users who are followed, as lists show them', async () => {
    await changeProfile(followers[2], { avatar: 'https://example.com/other.jpg' });
    const { status, body } = await get(path, { token: fan.access });
    const { body: plain } = await get('/following/', { token: fan.access });
    expect(status).toBe(200);
    expect(body.count).toBe(plain.count);
    for (const [n, { user, ...follow }] of body.results.entries()) {
      expect(follow).toEqual(plain.results[n]);
      expect(user).toEqual({
        id: follow.following,
        username: follow.following_username,
        first_name: follow.following === popular.id ? 'Popular' : 'Follower',
        last_name: expect.any(String),
        avatar: null,
        is_following: true,
        ...(follow.following === followers[4].id && { avatar: 'https://example.com/avatar.jpg' }),
        ...(follow.following === followers[2].id && { avatar: 'https://example.com/other.jpg' }),
      });
    }
    expect(body.results).toHaveLength(5);
  });

  test('come page by page, and expand nothing unless told', async () => {
    const pages = await walk('/following/', { token: fan.access });
    const first = await get(`${path}&batch_size=2`, { token: fan.access });
    expect(first.body.next).toBe(pages[0]?.body.next);
    expect(pages[0]?.body.results[0]).not.toHaveProperty('user');
    expectProblem(await get('/following/?expand=posts', { token: fan.access }), 400, 'invalid', ['expand']);
    expect((await get('/following/?expand=', { token: fan.access })).body.results[0]).not.toHaveProperty(
      'user',
    );
  });
});
