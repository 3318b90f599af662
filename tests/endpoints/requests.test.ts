import { describe, expect, test } from 'vitest';
import { get, patch, post, sendAll } from '../support/api.ts';
import { changeProfile, newUser, registration } from '../support/users.ts';

describe('a public document', () => {
  test.each(['/.well-known/jwks.json', '/.well-known/openid-configuration', '/openapi.json', '/docs/'])(
    '%s names each request that it answers, fresh or not modified',
    async (path) => {
      const first = await get(path);
      const second = await get(path);
      const third = await get(path, { headers: { 'If-None-Match': first.headers.etag ?? '' } });
      const fourth = await get(path, { headers: { 'If-None-Match': first.headers.etag ?? '' } });
      expect([first, second, third, fourth].map(({ status }) => status)).toEqual([200, 200, 304, 304]);
      const ids = [first, second, third, fourth].map(({ headers }) => headers['x-request-id']);
      expect(new Set(ids).size).toBe(4);
    },
  );
});

describe('a body', () => {
  test.each([
    'Application/Json ; charset="utf-8"',
    'application/json;charset=utf-8',
    'application/json ;',
    'application/vnd.api+json',
    'APPLICATION/JSON',
  ])('of type %s is JSON', async (type) => {
    const answer = await post(
      '/login/',
      { username: 'nobody', password: 'x' },
      { headers: { 'Content-Type': type } },
    );
    expect(answer.body.code).toBe('no_active_account');
  });

  test.each(['application/json-seq', 'text/json', 'application/jsonp'])('of type %s is not', async (type) => {
    const answer = await post(
      '/login/',
      { username: 'nobody', password: 'x' },
      { headers: { 'Content-Type': type } },
    );
    expect(answer.body.code).toBe('unsupported_media_type');
  });

  test.each([
    '"__proto__":{"bio":"no"},"constructor":{"prototype":{"bio":"no"}}',
    '"__proto__":null,"toString":1',
  ])('may have members that are named like parts of a prototype: %s', async (members) => {
    const user = await newUser({ bio: 'before' });
    const answer = await patch('/me/update/', `{${members},"first_name":"Ann"}`, { token: user.access });
    expect(answer.body).toMatchObject({ first_name: 'Ann', bio: 'before' });
    const fields = JSON.stringify(registration()).slice(1, -1);
    expect((await post('/register/', `{${members},${fields}}`)).status).toBe(201);
    expect(Object.prototype).not.toHaveProperty('bio');
  });
});

describe('changes of one profile at once', () => {
  test.each([30, 100])('all %i succeed, and none is lost', async (count) => {
    const user = await newUser();
    const change = (n: number) => {
      const field = ['first_name', 'last_name', 'bio'][n % 3] ?? 'bio';
      return () => changeProfile(user, { [field]: `${n}` });
    };
    const answers = await sendAll(Array.from({ length: count }, (_, n) => change(n)));
    expect(answers.map(({ status }) => status)).toEqual(Array(count).fill(200));
    answers.forEach(({ body }, n) => {
      expect([body.first_name, body.last_name, body.bio]).toContain(`${n}`);
    });
    const { first_name, last_name, bio } = (await get('/me/', { token: user.access })).body;
    expect([first_name, last_name, bio].map((text) => Number(text) % 3)).toEqual([0, 1, 2]);
    const listed = await get(`/?search=${user.username}`);
    expect(listed.body.users[0]).toMatchObject({ first_name, last_name });
  });

  test('all 30 succeed when they change the address too', async () => {
    const user = await newUser();
    const change = () => changeProfile(user, { email: registration().email });
    const answers = await sendAll(Array.from({ length: 30 }, () => change));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  });
});
