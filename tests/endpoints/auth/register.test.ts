import { describe, expect, test } from 'vitest';
import { emailKey, userIdKey, userKey } from '../../../lib/table/keys.ts';
import { get, post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { readItem } from '../../support/table.ts';
import { registerUser, registration, uniqueName } from '../../support/users.ts';

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
  const me = await get('/me/', { token: answer.body.access });
  expect(me.status).toBe(200);
});

test('leaves unset text empty and the avatar null', async () => {
  const user = await registerUser();
  const me = await get('/me/', { token: user.access });
  expect(me.body).toMatchObject({ first_name: '', last_name: '', bio: '', avatar: null });
});

test('stores no password, only its hash', async () => {
  const user = await registerUser({ password: 'correct horse', password_confirm: 'correct horse' });
  const item = await readItem(userKey(user.username));
  expect(item?.password_hash).toMatch(/^\$2b\$05\$/);
  expect(JSON.stringify(item)).not.toContain('correct horse');
});

test('names every field at fault at once', async () => {
  const answer = await post('/register/', {
    username: 'no spaces',
    email: 'nowhere',
    password: 'short',
    password_confirm: 'other',
    first_name: 5,
    last_name: null,
    bio: 'x'.repeat(501),
  });
  expectProblem(answer, 400, 'invalid', [
    'username',
    'email',
    'password',
    'password_confirm',
    'first_name',
    'last_name',
    'bio',
  ]);
});

test('requires username, email, password and password_confirm', async () => {
  const answer = await post('/register/', {});
  expectProblem(answer, 400, 'invalid', ['username', 'email', 'password', 'password_confirm']);
});

test('ignores members that it does not know', async () => {
  const answer = await post('/register/', {
    ...registration(),
    id: 7,
    is_admin: true,
    avatar: 'https://a.example',
  });
  expect(answer.status).toBe(201);
  expect(answer.body.user.id).not.toBe(7);
});

describe('username', () => {
  test.each(['a', 'A.b_c@d+e-1', '.a', 'alice.smith', '9'.repeat(140)])('accepts %j', async (name) => {
    const username = `${name}${name.length < 100 ? uniqueName('') : Math.random().toString(36).slice(2, 10)}`;
    const answer = await post('/register/', { ...registration(), username });
    expect(answer.status).toBe(201);
    expect(answer.body.user.username).toBe(username);
  });

  test.each(['', '   ', '.', '...', 'a b', 'a/b', 'élodie', 'a#b', 'a\u0000b', 'x'.repeat(151)])(
    'refuses %j',
    async (username) => {
      expectProblem(await post('/register/', registration({ username })), 400, 'invalid', ['username']);
    },
  );

  test.each([
    ...['me', 'register', 'login', 'logout', 'token', 'follow', 'following', 'followers', 'unfollow'],
    ...['users', 'docs', 'openapi.json', '.well-known', 'health', 'admin', 'ME', 'OpenAPI.json'],
  ])('refuses the reserved %s', async (username) => {
    expectProblem(await post('/register/', registration({ username })), 400, 'invalid', ['username']);
  });

  test('is trimmed and kept as typed', async () => {
    const username = uniqueName('MixedCase');
    const answer = await post('/register/', registration({ username: `  ${username}\n` }));
    expect(answer.body.user.username).toBe(username);
  });
});

describe('email', () => {
  test.each(['a.b+c@example.co.uk', "o'neil@example.com", 'élodie@exämple.fr'])(
    'accepts %s',
    async (email) => {
      const unique = `${uniqueName('m')}.${email}`;
      const answer = await post('/register/', registration({ email: unique }));
      expect(answer.status).toBe(201);
      expect(answer.body.user.email).toBe(unique);
    },
  );

  test.each([
    '',
    'a',
    'a@',
    'alice.smith',
    '@b.c',
    'a@b',
    'a b@c.de',
    'a@b@c.de',
    'a..b@c.de',
    'a@-b.de',
    `${'x'.repeat(250)}@b.de`,
  ])('refuses %j', async (email) => {
    expectProblem(await post('/register/', registration({ email })), 400, 'invalid', ['email']);
  });
});

describe('M9: somebody else’s address', () => {
  test('may not be a username; one’s own may', async () => {
    const email = `${uniqueName()}@example.com`;
    expectProblem(await post('/register/', registration({ username: email })), 400, 'invalid', ['username']);
    expect((await post('/register/', registration({ username: email.toUpperCase(), email }))).status).toBe(
      201,
    );
    expect((await post('/register/', registration({ username: `O.d_d@x+y-${uniqueName()}` }))).status).toBe(
      201,
    );
  });

  test('is taken however its domain is spelled', async () => {
    const local = uniqueName();
    expect((await post('/register/', registration({ email: `${local}@bücher.example` }))).status).toBe(201);
    for (const domain of ['xn--bcher-kva.example', 'BÜCHER.example', 'bücher.example']) {
      const answer = await post('/register/', registration({ email: `${local}@${domain}` }));
      expectProblem(answer, 409, 'email_taken', ['email']);
    }
  });
});

describe('password', () => {
  const withPassword = (password: unknown) => registration({ password, password_confirm: password });

  test.each(['password123', 'ünïcödé!', 'xy'.repeat(36), 'éü'.repeat(18), '12345678a'])(
    'accepts %j',
    async (password) => {
      expect((await post('/register/', withPassword(password))).status).toBe(201);
    },
  );

  test.each([
    '1234567',
    'seven77',
    '12345678',
    '٠١٢٣٤٥٦٧',
    'x'.repeat(73),
    'é'.repeat(37),
    'tab\there!',
    '\ud800\udfff\ud800'.repeat(8),
    `é${'\u0301\u0300'.repeat(200)}`,
  ])('refuses %j', async (password) => {
    expectProblem(await post('/register/', withPassword(password)), 400, 'invalid', ['password']);
  });

  test.each(['aaaaaaaa', '        ', '\u200b\u200c'.repeat(6)])(
    'M6: refuses %j, one character repeated or nothing to see',
    async (password) => {
      expectProblem(await post('/register/', withPassword(password)), 400, 'invalid', ['password']);
    },
  );

  test('says how long it may be', async () => {
    const answer = await post('/register/', withPassword('éü'.repeat(20)));
    expect(answer.body.errors.password).toEqual([expect.stringContaining('72 bytes')]);
  });

  test('may not contain a username of four characters or more', async () => {
    const [long, short] = [uniqueName('name'), 'abc'];
    const containing = { password: `${long.toUpperCase()}!`, password_confirm: `${long.toUpperCase()}!` };
    expectProblem(await post('/register/', registration({ username: long, ...containing })), 400, 'invalid', [
      'password',
    ]);
    const chance = { username: short, password: 'abcdefgh', password_confirm: 'abcdefgh' };
    expect((await post('/register/', registration(chance))).status).not.toBe(400);
  });

  test('may not be the username or the email address, in any case', async () => {
    const username = uniqueName('longenough');
    const email = `${uniqueName()}@example.com`;
    for (const password of [username.toUpperCase(), email.toUpperCase()]) {
      const answer = await post('/register/', { ...withPassword(password), username, email });
      expectProblem(answer, 400, 'invalid', ['password']);
    }
  });

  test('must be confirmed, and the error sits on the confirmation', async () => {
    const answer = await post('/register/', registration({ password_confirm: 'password124' }));
    expectProblem(answer, 400, 'invalid', ['password_confirm']);
  });

  test('is the same in every Unicode spelling', async () => {
    const user = await registerUser({
      password: 'cafe\u0301 au lait',
      password_confirm: 'caf\u00e9 au lait',
    });
    const answer = await post('/login/', { username: user.username, password: 'caf\u00e9 au lait' });
    expect(answer.status).toBe(200);
  });

  test('is not trimmed', async () => {
    const user = await registerUser({ password: ' padded pass ', password_confirm: ' padded pass ' });
    const answer = await post('/login/', { username: user.username, password: 'padded pass' });
    expectProblem(answer, 401, 'no_active_account');
  });
});

describe('text', () => {
  test('is trimmed and normalised', async () => {
    const user = await registerUser({
      first_name: '  E\u0301lodie ',
      last_name: '\tSmith\n',
      bio: '\n two\nlines\t! \n',
    });
    const me = await get('/me/', { token: user.access });
    expect(me.body).toMatchObject({ first_name: '\u00c9lodie', last_name: 'Smith', bio: 'two\nlines\t!' });
  });

  test('is counted in code points', async () => {
    const answer = await post(
      '/register/',
      registration({ first_name: '😀'.repeat(150), bio: '😀'.repeat(500) }),
    );
    expect(answer.status).toBe(201);
    const longer = registration({
      first_name: '😀'.repeat(151),
      last_name: 'é'.repeat(151),
      bio: '😀'.repeat(501),
    });
    expectProblem(await post('/register/', longer), 400, 'invalid', ['first_name', 'last_name', 'bio']);
  });

  test.each(['a\u0000b', 'a\u001fb', 'a\u007fb', 'a\u0085b', 'a\ud800b'])('may not hold %j', async (text) => {
    const answer = await post('/register/', registration({ first_name: text, last_name: text, bio: text }));
    expectProblem(answer, 400, 'invalid', ['first_name', 'last_name', 'bio']);
  });

  test('may hold tabs and line breaks in the bio only', async () => {
    const answer = await post(
      '/register/',
      registration({ first_name: 'a\tb', last_name: 'a\nb', bio: 'a\tb\r\nc' }),
    );
    expectProblem(answer, 400, 'invalid', ['first_name', 'last_name']);
  });
});

describe('a taken value', () => {
  test('answers 409 username_taken, whatever the case', async () => {
    const { username } = await registerUser();
    const answer = await post('/register/', registration({ username: username.toUpperCase() }));
    expectProblem(answer, 409, 'username_taken', ['username']);
  });

  test('answers 409 email_taken, whatever the case', async () => {
    const { email } = await registerUser();
    const answer = await post('/register/', registration({ email: email.toUpperCase() }));
    expectProblem(answer, 409, 'email_taken', ['email']);
  });

  test('says nothing of the address when the username is taken', async () => {
    const [first, second] = await Promise.all([registerUser(), registerUser()]);
    const answer = await post('/register/', registration({ username: first.username, email: second.email }));
    expectProblem(answer, 409, 'username_taken', ['username']);
  });

  test('leaves nothing of the loser behind', async () => {
    const { username } = await registerUser();
    const loser = registration({ username });
    await post('/register/', loser);
    expect(await readItem(emailKey(loser.email))).toBeUndefined();
    const retry = await post('/register/', { ...loser, username: uniqueName() });
    expect(retry.status).toBe(201);
    expect(await readItem(userIdKey(retry.body.user.id))).toBeDefined();
  });

  test('is won by exactly one of many at once', async () => {
    const username = uniqueName();
    const rivals = Array.from({ length: 8 }, () => registration({ username }));
    const answers = await Promise.all(rivals.map((rival) => post('/register/', rival)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });
});
