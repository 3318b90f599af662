import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { newUser } from '../../support/users.ts';

test('answers what everybody may see with email, whether it is verified, and updated_at, and nothing else', async () => {
  const user = await newUser({ first_name: 'Alice', last_name: 'Smith', bio: 'Hello' });
  const answer = await get('/me/', { token: user.access });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    ...(await get(`/${user.username}/`)).body,
    email: user.email,
    email_verified: false,
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
});
