import { expect, test } from 'vitest';
import { post, registration, uniqueName } from '../../support/api.ts';

test('answers 201 with the user and two tokens', async () => {
  const username = uniqueName('Alice');
  const answer = await post('/register/', {
    ...registration({ username, email: `${username}@Example.com` }),
    first_name: 'Alice',
    last_name: 'Smith',
    bio: 'Software developer passionate about APIs',
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    user: {
      id: expect.any(Number),
      username,
      email: `${username}@Example.com`,
      first_name: 'Alice',
      last_name: 'Smith',
      bio: 'Software developer passionate about APIs',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    },
    access: expect.any(String),
    refresh: expect.any(String),
  });
  expect(answer.body.user.id).toBeGreaterThan(0);
});
