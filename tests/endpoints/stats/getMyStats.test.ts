import { expect, test } from 'vitest';
import { get, newUser, post } from '../../support/api.ts';

test('answers all five counts', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await post('/follow/', { following: bob.id }, { token: alice.access });
  const answer = await get('/me/stats/', { token: alice.access });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    posts_count: 0,
    followers_count: 0,
    following_count: 1,
    likes_received: 0,
    comments_received: 0,
  });
  expect((await get('/me/stats/', { token: bob.access })).body.followers_count).toBe(1);
});
