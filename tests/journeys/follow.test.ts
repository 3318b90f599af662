import { expect, test } from 'vitest';
import { newClient, registeredClient } from '../support/clients.ts';

test('two users meet: search, follow, counts on both sides, lists, unfollow', async () => {
  const { client: alice, user } = await registeredClient();
  const { user: other } = await registeredClient();

  const found = await alice.api.GET('/', { params: { query: { search: other.username } } });
  expect(found.data?.users.map(({ id }) => id)).toEqual([other.id]);
  expect(found.data?.users[0]?.is_following).toBe(false);

  const followed = await alice.api.POST('/follow/', { body: { following: other.id } });
  expect(followed.data).toMatchObject({
    follower_username: user.username,
    following_username: other.username,
  });

  const path = { username: other.username };
  const profile = await alice.api.GET('/{username}/', { params: { path } });
  const statistics = await alice.api.GET('/me/stats/');
  expect(profile.data?.followers_count).toBe(1);
  expect(statistics.data?.following_count).toBe(1);

  const followers = await alice.api.GET('/{username}/followers/', { params: { path } });
  const mine = await alice.api.GET('/me/following/');
  expect(followers.data).toMatchObject({ count: 1, results: [{ username: user.username }], next: null });
  expect(mine.data).toMatchObject({ count: 1, results: [{ username: other.username, is_following: true }] });

  const again = await alice.api.POST('/follow/', { body: { following: other.id } });
  expect(again.error?.code).toBe('already_following');

  await alice.api.DELETE('/{username}/unfollow/', { params: { path } });
  const after = await newClient().api.GET('/{username}/', { params: { path } });
  expect(after.data?.followers_count).toBe(0);
});
