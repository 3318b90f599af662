import { expect, test } from 'vitest';
import { issueToken } from '../../../lib/auth/tokens.ts';
import { inParallel } from '../../../local/pool.ts';
import { writePeople } from '../../../local/seed/population.ts';
import { get, post } from '../../support/api.ts';
import { newUser } from '../../support/users.ts';

const FOLLOWERS = 500;
const IN_FLIGHT = 100;
const silent = { advance() {}, finish() {} };

test('500 users follow one at once: all succeed, and the counts are exact', async () => {
  const popular = await newUser();
  const population = { users: FOLLOWERS, follows: 0, password_hash: '', now: Date.now() };
  const followers = [...(await writePeople(population, silent)).values()];
  const tokens = await Promise.all(followers.map((user) => issueToken('access', user, Date.now())));

  const answers = await inParallel(tokens, IN_FLIGHT, (token) =>
    post('/follow/', { following: popular.id }, { token }),
  );

  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(FOLLOWERS);
  expect((await get(`/${popular.username}/`)).body).toMatchObject({ followers_count: FOLLOWERS });
  const counts = await inParallel(tokens, IN_FLIGHT, (token) => get('/me/stats/', { token }));
  expect(counts.filter(({ body }) => body.following_count !== 1)).toEqual([]);

  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await get(`/${popular.username}/followers/?cursor=${cursor}`);
    seen.push(...body.results.map(({ username }: { username: string }) => username));
    if (body.next === null) break;
    cursor = body.next;
  }
  expect(new Set(seen)).toEqual(new Set(followers.map(({ username }) => username)));
  expect(seen).toHaveLength(FOLLOWERS);
});
