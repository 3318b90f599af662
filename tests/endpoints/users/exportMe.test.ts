import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { get, post } from '../../support/api.ts';
import { deliver, postsEvent } from '../../support/events.ts';
import { expectProblem } from '../../support/problems.ts';
import { type Item, scanItems } from '../../support/table.ts';
import {
  changeProfile,
  follow,
  newUser,
  registerUser,
  storeSession,
  type TestUser,
} from '../../support/users.ts';

/** All pages of the export; each is as the API description says, which every request checks. */
async function exportAll({ access: token }: TestUser) {
  const pages = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1).next) {
    const { status, body } = await get(`/me/export/?cursor=${cursor}`, { token });
    expect(status).toBe(200);
    pages.push(body);
  }
  return pages;
}

/** What is stored and not exported, and why. */
const LEFT_OUT: Record<string, string> = {
  password_hash: 'a secret, even to whoever has the password',
  epoch: 'says which tokens are taken',
  change_count: 'counts changes for a limit',
  changes_end: 'when that count ends',
  generation: 'which refresh tokens of a session are taken',
  current: 'the same',
  PK: 'the key of the item',
  SK: 'the key of the item',
  GSI1PK: 'the key of the index',
  GSI1SK: 'the key of the index; the time of an edge in it is exported',
  follower: 'the id of the user',
  following: 'the id of another one, of whom there is the name',
  blocker: 'the id of the user',
  blocked: 'the id of another one, of whom there is the name',
  reporter: 'the id of the user',
  reported: 'the id of another one, of whom there is the name',
  recent_follows_end: 'when the count of follows ends',
  recent_reports_end: 'when the count of reports ends',
};

/** Items that are not exported, and why. */
const KINDS_LEFT_OUT: Record<string, string> = {
  REVOKED: 'a token that is refused until it expires',
  BLOCKED_BY: 'a block by somebody else, who may not want it known',
  LINK: 'a hash of what was mailed, good for a day at most',
  MAIL: 'a mail that is on its way',
  REPETITION: 'the answer to a request of the last day, with nothing in it that is not exported',
};

/** Every text and number in a value. */
const valuesIn = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesIn) : [value];

/** How a stored value shows: times as the API spells them. */
function shows(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || !name.endsWith('_at')) return value;
  const milliseconds = name === 'expires_at' ? value * 1000 : value;
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

test('has everything that is stored about the caller, but what is named with a reason', async () => {
  const [user, one, two] = [await registerUser({ bio: 'Hello' }), await newUser(), await newUser()];
  await follow(user, one, { headers: { 'Idempotency-Key': randomUUID() } });
  await follow(two, user);
  await follow(one, user);
  const [blocked, blocker] = [await newUser(), await newUser()];
  await post('/block/', { blocked: blocked.id }, { token: user.access });
  await post('/block/', { blocked: user.id }, { token: blocker.access });
  await post(`/${blocked.username}/report/`, { reason: 'other', text: 'Rude.' }, { token: user.access });
  await changeProfile(user, { first_name: 'Ann', last_name: 'Bee', avatar: 'https://example.com/a' });
  for (const kind of ['PostCreated', 'PostLiked', 'CommentAdded'])
    await deliver(postsEvent(kind, user.username));
  await storeSession(user.username, { device: 'Another one' });
  await post('/token/refresh/', { refresh: user.refresh, rotate: true });

  const [page, ...others] = await exportAll(user);
  expect(others).toEqual([]);
  expect(page.follows.map((entry: { username: string }) => entry.username)).toEqual([one.username]);
  expect(page.followers).toEqual([{ username: one.username }, { username: two.username }]);
  expect(page.blocks).toMatchObject([{ username: blocked.username }]);
  expect(page.reports).toMatchObject([{ username: blocked.username, reason: 'other', text: 'Rude.' }]);
  expect(page.sessions).toHaveLength(2);
  const { posts_count, likes_received, comments_received } = page.profile;
  expect([posts_count, likes_received, comments_received]).toEqual([1, 1, 1]);

  const exported = new Set(valuesIn(page));
  const own = (await scanItems()).filter(({ PK }) => PK === `USER#${user.username}`);
  const missing = own
    .filter(({ SK }) => !(SK.split('#')[0] in KINDS_LEFT_OUT))
    .flatMap((item: Item) =>
      Object.entries(item)
        .filter(([name]) => !(name in LEFT_OUT) && !name.endsWith('_count') && name !== 'likes_received')
        .filter(([name]) => name !== 'comments_received')
        .filter(([name, value]) => !exported.has(shows(name, value)))
        .map(([name]) => `${item.SK} ${name}`),
    );
  expect(missing).toEqual([]);
  expect(own.length).toBeGreaterThan(5);
});

test('has nothing of others but their names, and no secret', async () => {
  const [user, other] = [await newUser(), await newUser({ bio: 'private life', first_name: 'Firstname' })];
  await follow(user, other);
  await follow(other, user);
  const text = JSON.stringify(await exportAll(user));
  expect(text).toContain(other.username);
  for (const secret of [other.email, 'private life', 'Firstname', '$2b$', user.refresh]) {
    expect(text).not.toContain(secret);
  }
});

test('yields every follow and follower once, whatever pages they fall on', async () => {
  const user = await newUser();
  const others = await Promise.all(Array.from({ length: 100 }, () => newUser()));
  for (const other of others) await follow(user, other);
  for (const fan of others.slice(0, 3)) await follow(fan, user);
  const pages = await exportAll(user);
  const names = (list: 'follows' | 'followers') =>
    pages.flatMap((page) => page[list].map(({ username }: { username: string }) => username));
  expect(names('follows')).toEqual(others.map(({ username }) => username).toSorted());
  expect(names('followers').toSorted()).toEqual(
    others
      .slice(0, 3)
      .map(({ username }) => username)
      .toSorted(),
  );
  expect(pages.map(({ profile }) => profile !== null)).toEqual([true, false]);
  expect(pages.map(({ sessions }) => sessions.length)).toEqual([1, 0]);
});

test.each([
  'nonsense',
  Buffer.from('["follows"]').toString('base64url'),
  Buffer.from('["sessions","a"]').toString('base64url'),
  Buffer.from('["followers","a"]').toString('base64url'),
])('refuses a cursor that is none of its own: %s', async (cursor) => {
  const { access: token } = await newUser();
  expectProblem(await get(`/me/export/?cursor=${cursor}`, { token }), 400, 'invalid', ['cursor']);
});
