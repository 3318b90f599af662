import { describe, expect, test } from 'vitest';
import { emailKey } from '../../../lib/table/keys.ts';
import { get, patch, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readItem } from '../../support/table.ts';
import { changeProfile, newUser, registration, uniqueName } from '../../support/users.ts';

test('changes what is named and answers the user', async () => {
  const user = await newUser({ first_name: 'Alice', last_name: 'Smith', bio: 'Hello' });
  const email = `${uniqueName()}@example.com`;
  const changes = { email, last_name: 'Johnson', bio: 'Updated bio', avatar: 'https://example.com/new.jpg' };
  const answer = await changeProfile(user, changes);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    id: user.id,
    username: user.username,
    first_name: 'Alice',
    ...changes,
    updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect((await get('/me/', { token: user.access })).body).toMatchObject(changes);
});

test('changes nothing for an empty object', async () => {
  const user = await newUser({ first_name: 'Alice' });
  const before = (await get('/me/', { token: user.access })).body;
  const answer = await changeProfile(user, {});
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ first_name: 'Alice', updated_at: before.updated_at });
});

test('ignores every other member', async () => {
  const user = await newUser();
  const others = {
    username: uniqueName(),
    id: 1,
    password: 'other-password',
    created_at: 'x',
    followers_count: 9,
  };
  const answer = await changeProfile(user, { ...others, bio: 'x' });
  expect(answer.status).toBe(200);
  expect((await get('/me/', { token: user.access })).body).toMatchObject({
    id: user.id,
    username: user.username,
    followers_count: 0,
    bio: 'x',
  });
  expect((await post('/login/', { username: user.username, password: user.password })).status).toBe(200);
});

test('names every field at fault at once and changes nothing', async () => {
  const user = await newUser({ bio: 'before' });
  const answer = await changeProfile(user, {
    first_name: null,
    last_name: 5,
    bio: 'fine',
    avatar: 'ftp://a.example',
    email: 'nowhere',
  });
  expectProblem(answer, 400, 'invalid', ['first_name', 'last_name', 'avatar', 'email']);
  expect((await get('/me/', { token: user.access })).body.bio).toBe('before');
});

test('keeps the different fields of racing updates', async () => {
  const user = await newUser();
  const changes = [
    { first_name: 'A' },
    { last_name: 'B' },
    { bio: 'C' },
    { avatar: 'https://d.example/' },
    { email: `${uniqueName()}@example.com` },
  ];
  const answers = await Promise.all(changes.map((change) => changeProfile(user, change)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect((await get('/me/', { token: user.access })).body).toMatchObject(Object.assign({}, ...changes));
});

describe('avatar', () => {
  test.each([null, '', '  '])('is unset by %j', async (avatar) => {
    const { access: token } = await newUser();
    await patch('/me/update/', { avatar: 'https://example.com/a.jpg' }, { token });
    expect((await patch('/me/update/', { avatar }, { token })).body.avatar).toBeNull();
  });

  test.each([
    ['https://example.com/avatar.jpg', 'https://example.com/avatar.jpg'],
    ['http://example.com', 'http://example.com/'],
    ['https://example.com/é.png?x=1#y', 'https://example.com/%C3%A9.png?x=1#y'],
    [`https://example.com/${'x'.repeat(2028)}`, `https://example.com/${'x'.repeat(2028)}`],
  ])('%s is stored as browsers spell it', async (avatar, stored) => {
    const { access: token } = await newUser();
    expect((await patch('/me/update/', { avatar }, { token })).body.avatar).toBe(stored);
  });

  test.each([
    'example.com',
    'javascript:alert(1)',
    'https://',
    'https://a b.example',
    `https://e.de/${'x'.repeat(2036)}`,
    'https://user:secret@example.com/a.jpg',
    'https://169.254.169.254/latest',
    'https://intranet/a.jpg',
    5,
  ])('refuses %j', async (avatar) => {
    const { access: token } = await newUser();
    expectProblem(await patch('/me/update/', { avatar }, { token }), 400, 'invalid', ['avatar']);
  });
});

describe('email', () => {
  test('that is taken answers 409, whatever the case, and changes nothing', async () => {
    const [user, other] = await Promise.all([newUser(), newUser()]);
    const changes = { email: other.email.toUpperCase(), bio: 'new' };
    expectProblem(await changeProfile(user, changes), 409, 'email_taken', ['email']);
    expect((await get('/me/', { token: user.access })).body).toMatchObject({ email: user.email, bio: '' });
  });

  test('frees the old address for others', async () => {
    const user = await newUser();
    await changeProfile(user, { email: `${uniqueName()}@example.com` });
    expect((await post('/register/', registration({ email: user.email }))).status).toBe(201);
  });

  test('may change its case, or stay', async () => {
    const user = await newUser();
    for (const email of [user.email.toUpperCase(), user.email.toUpperCase(), user.email]) {
      const answer = await changeProfile(user, { email });
      expect(answer.body).toMatchObject({ email });
    }
    expect(await readItem(emailKey(user.email))).toMatchObject({ username: user.username });
    expectProblem(await post('/register/', registration({ email: user.email })), 409, 'email_taken', [
      'email',
    ]);
  });

  test('goes to exactly one of many who want it at once, and only one claim is left to each', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => newUser()));
    const email = `${uniqueName()}@example.com`;
    const answers = await Promise.all(
      users.map(({ access }) => patch('/me/update/', { email }, { token: access })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    for (const [n, user] of users.entries()) {
      const won = answers[n]?.status === 200;
      expect(await readItem(emailKey(user.email))).toEqual(won ? undefined : expect.anything());
    }
  });

  test('of one user changed many times at once leaves one claim', async () => {
    const user = await newUser();
    const emails = Array.from({ length: 4 }, () => `${uniqueName()}@example.com`);
    const answers = await Promise.all(emails.map((email) => changeProfile(user, { email })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { email } = (await get('/me/', { token: user.access })).body;
    for (const candidate of [user.email, ...emails]) {
      expect(await readItem(emailKey(candidate))).toEqual(
        candidate === email ? expect.anything() : undefined,
      );
    }
  });
});
