import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { newUser } from '../../support/users.ts';

test('answers the profile with email and updated_at, and nothing else', async () => {
  const user = await newUser({ first_name: 'Alice', last_name: 'Smith', bio: 'Hello' });
  const answer = await get('/me/', { token: user.access });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id: user.id,
    username: user.username,
    email: user.email,
    first_name: 'Alice',
    last_name: 'Smith',
    bio: 'Hello',
    avatar: null,
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    posts_count: 0,
    followers_count: 0,
    following_count: 0,
  });
});
