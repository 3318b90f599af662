import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { changeProfile, follow, newUser } from '../../support/users.ts';

test('answers exactly the members of a profile, without a token', async () => {
  const user = await newUser({ first_name: 'Alice', last_name: 'Smith', bio: 'Hello' });
  await changeProfile(user, { avatar: 'https://example.com/avatar.jpg' });
  const answer = await get(`/${user.username}/`);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id: user.id,
    username: user.username,
    first_name: 'Alice',
    last_name: 'Smith',
    bio: 'Hello',
    avatar: 'https://example.com/avatar.jpg',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    posts_count: 0,
    followers_count: 0,
    following_count: 0,
  });
});

test('counts followers and followed', async () => {
  const [alice, bob] = await Promise.all([newUser(), newUser()]);
  await follow(alice, bob);
  expect((await get(`/${alice.username}/`)).body).toMatchObject({ followers_count: 0, following_count: 1 });
  expect((await get(`/${bob.username}/`)).body).toMatchObject({ followers_count: 1, following_count: 0 });
});

test('finds the username in any case', async () => {
  const user = await newUser();
  const answer = await get(`/${user.username.toUpperCase()}/`);
  expect(answer.body.username).toBe(user.username);
});

test('undoes percent-encoding in the path', async () => {
  const user = await newUser();
  const encoded = user.username.replace('-', '%2D');
  expect((await get(`/${encoded}/`)).body.id).toBe(user.id);
});

test.each(['nobody-has-this-name', 'login', 'register', 'x'.repeat(151), 'a%20b', '%C3%A9', '...x!'])(
  'answers 404 for %s',
  async (name) => {
    expectProblem(await get(`/${name}/`), 404, 'not_found');
  },
);
