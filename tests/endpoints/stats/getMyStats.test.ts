import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { follow, newUser } from '../../support/users.ts';

test('answers all five counts', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
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
