import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, del, get, newUser, patch, post, type TestUser } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';

/** A star with five fans, who follow in their order; the first fan follows the others too. */
let star: TestUser;
let fans: TestUser[] = [];

beforeAll(async () => {
  [star, ...fans] = (await Promise.all(
    [{ first_name: 'Star' }, ...Array(5).fill({ first_name: 'Fan', last_name: 'Club' })].map(newUser),
  )) as [TestUser, ...TestUser[]];
  for (const fan of fans) await post('/follow/', { following: star.id }, { token: fan.access });
  for (const fan of fans.slice(1)) await post('/follow/', { following: fan.id }, { token: fans[0]?.access });
  await patch('/me/update/', { avatar: 'https://example.com/avatar.jpg' }, { token: fans[4]?.access });
});

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
    const answer = await get(`/${star.username}/followers/`);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['count', 'next', 'results']);
    expect(answer.body).toMatchObject({ count: 5, next: null });
    expect(names(answer)).toEqual(fans.map(({ username }) => username).reverse());
    expect(answer.body.results[0]).toEqual({
      id: fans[4]?.id,
      username: fans[4]?.username,
      first_name: 'Fan',
      last_name: 'Club',
      avatar: 'https://example.com/avatar.jpg',
      is_following: false,
    });
  });

  test('tell a caller with a token whom they follow', async () => {
    const { body } = await get(`/${star.username}/followers/`, { token: fans[0]?.access });
    const following = body.results.map(({ is_following }: { is_following: boolean }) => is_following);
    expect(following).toEqual([true, true, true, true, false]);
  });

  test('come page by page, each once', async () => {
    const pages = await walk(`/${star.username}/followers/`);
    expect(pages.map(names)).toEqual([
      [fans[4], fans[3]].map((fan) => fan?.username),
      [fans[2], fans[1]].map((fan) => fan?.username),
      [fans[0]?.username],
    ]);
    expect(pages.map(({ body }) => body.count)).toEqual([5, 5, 5]);
  });
});

describe('following of a user', () => {
  test('are cards with a count', async () => {
    const answer = await get(`/${fans[0]?.username.toUpperCase()}/following/`, { token: fans[1]?.access });
    expect(answer.body).toMatchObject({ count: 5, next: null });
    expect(names(answer).sort()).toEqual([star, ...fans.slice(1)].map(({ username }) => username).sort());
    const marked = answer.body.results.filter(({ is_following }: { is_following: boolean }) => is_following);
    expect(marked).toMatchObject([{ id: star.id, first_name: 'Star' }]);
  });

  test('come page by page, each once', async () => {
    const pages = await walk(`/${fans[0]?.username}/following/`);
    expect(pages).toHaveLength(3);
    expect(pages.flatMap(names).sort()).toEqual(
      [star, ...fans.slice(1)].map(({ username }) => username).sort(),
    );
  });

  test('has no next page when the last one is full', async () => {
    const pages = await walk(`/${fans[0]?.username}/following/`, {}, 5);
    expect(pages).toHaveLength(1);
  });
});

describe('my following', () => {
  test('are follows with a count', async () => {
    const { body, status } = await get('/following/', { token: fans[1]?.access });
    expect(status).toBe(200);
    expect(body).toEqual({
      count: 1,
      results: [
        {
          id: expect.any(Number),
          follower: fans[1]?.id,
          following: star.id,
          follower_username: fans[1]?.username,
          following_username: star.username,
          created_at: expect.stringMatching(/Z$/),
        },
      ],
      next: null,
    });
  });

  test('come page by page, each once', async () => {
    const pages = await walk('/following/', { token: fans[0]?.access });
    const found = pages.flatMap(({ body }) =>
      body.results.map(({ following }: { following: number }) => following),
    );
    expect(found.sort()).toEqual([star, ...fans.slice(1)].map(({ id }) => id).sort());
    expect(pages).toHaveLength(3);
  });

  test('is empty for a new user', async () => {
    const { access } = await newUser();
    expect((await get('/following/', { token: access })).body).toEqual({ count: 0, results: [], next: null });
  });
});

describe('me as a username', () => {
  test('means the caller', async () => {
    const token = fans[0]?.access;
    expect((await get('/me/followers/', { token: star.access })).body.count).toBe(5);
    expect((await get('/me/following/', { token })).body).toEqual(
      (await get(`/${fans[0]?.username}/following/`, { token })).body,
    );
  });

  test.each(['/me/followers/', '/me/following/'])('needs a token: %s', async (path) => {
    expectProblem(await get(path), 401, 'not_authenticated');
  });

  test('is lower case only', async () => {
    expectProblem(await get('/ME/followers/', { token: star.access }), 404, 'not_found');
    expectProblem(await get('/Me/', { token: star.access }), 404, 'not_found');
  });
});

test.each(['followers', 'following'])('an unknown user has no %s: 404', async (list) => {
  for (const name of ['nobody-has-this-name', 'login', 'a%20b']) {
    expectProblem(await get(`/${name}/${list}/`), 404, 'not_found');
  }
});

describe('a page', () => {
  const lists = () => [`/${star.username}/followers/`, `/${star.username}/following/`, '/following/'];

  test('above 100 counts as 100', async () => {
    for (const path of lists())
      expect((await get(`${path}?batch_size=1000`, { token: star.access })).status).toBe(200);
  });

  test.each(['0', '-1', 'x', '1.5'])('may not have batch_size %s', async (size) => {
    for (const path of lists()) {
      expectProblem(await get(`${path}?batch_size=${size}`, { token: star.access }), 400, 'invalid', [
        'batch_size',
      ]);
    }
  });

  test('wants a cursor of the same list', async () => {
    const followers = (await get(`/${star.username}/followers/?batch_size=1`)).body.next;
    const following = (await get(`/${fans[0]?.username}/following/?batch_size=1`)).body.next;
    const forged = Buffer.from(JSON.stringify(['followers', star.username, 'x'])).toString('base64url');
    for (const cursor of ['garbage', 'W10', '%00', following, forged, `${followers}x`]) {
      const answer = await get(`/${star.username}/followers/?cursor=${cursor}`);
      expectProblem(answer, 400, 'invalid', ['cursor']);
    }
    const elsewhere = await get(`/${fans[1]?.username}/followers/?cursor=${followers}`);
    expectProblem(elsewhere, 400, 'invalid', ['cursor']);
    expectProblem(await get(`/following/?cursor=${followers}`, { token: star.access }), 400, 'invalid', [
      'cursor',
    ]);
  });

  test('takes an empty cursor as none', async () => {
    expect((await get(`/${star.username}/followers/?cursor=`)).body.count).toBe(5);
  });

  test('loses nobody when an edge at the cursor goes away', async () => {
    const [hub, ...others] = (await Promise.all(Array.from({ length: 5 }, () => newUser()))) as [
      TestUser,
      ...TestUser[],
    ];
    for (const other of others) await post('/follow/', { following: other.id }, { token: hub.access });
    const first = await get('/following/?batch_size=2', { token: hub.access });
    const last = first.body.results[1].following_username;
    await del(`/${last}/unfollow/`, { token: hub.access });
    const second = await get(`/following/?batch_size=2&cursor=${first.body.next}`, { token: hub.access });
    const seen = [...first.body.results, ...second.body.results].map(({ following }) => following);
    expect(seen.sort()).toEqual(others.map(({ id }) => id).sort());
  });
});
