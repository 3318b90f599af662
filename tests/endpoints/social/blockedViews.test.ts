import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import {
  block,
  changeProfile,
  follow,
  newUser,
  removeFollower,
  type TestUser,
  unblock,
  unfollow,
  uniqueName,
} from '../../support/users.ts';

/** Alice blocks Bob; all of them, and nobody else, have the word in their names, in this order. */
const word = uniqueName('w').replaceAll('-', '');
const person = (letter: string) => newUser({ username: uniqueName(`${letter}${word}`), first_name: letter });
const [alice, bob, carol, popular, fan] = [
  await person('a'),
  await person('b'),
  await person('c'),
  await person('d'),
  await person('e'),
] as const;
const all = [alice, bob, carol, popular, fan];
const sees = (answer: Answer) =>
  (answer.body.users ?? answer.body.results).map(({ id }: TestUser) =>
    all.findIndex((user) => user.id === id),
  );

const [ALICE, BOB, CAROL, POPULAR, FAN] = [0, 1, 2, 3, 4];

beforeAll(async () => {
  for (const follower of [alice, bob, carol]) await follow(follower, popular);
  for (const followed of [alice, bob, carol]) await follow(fan, followed);
  await block(alice, bob);
});

const viewers: [string, TestUser | undefined, number[]][] = [
  ['to the one who blocks', alice, [BOB]],
  ['to the one who is blocked', bob, [ALICE]],
  ['to anybody else', carol, []],
  ['without a token', undefined, []],
];

describe.each(viewers)('%s', (_, viewer, unseen) => {
  const options = { token: viewer?.access };
  const seen = [ALICE, BOB, CAROL, POPULAR, FAN].filter((index) => !unseen.includes(index));

  test.each(['username', '-username', 'first_name', '-created_at'])(
    'a search by %s shows all the others, whatever the batch, with exact totals',
    async (ordering) => {
      const found: number[] = [];
      const size = 2;
      const total_batches = Math.ceil(seen.length / size);
      for (let batch_number = 0; batch_number < total_batches; batch_number++) {
        const query = `?search=${word}&ordering=${ordering}&batch_size=${size}&batch_number=${batch_number}`;
        const answer = await get(`/${query}`, options);
        expect(answer.body.batch_info).toMatchObject({ total_users: seen.length, total_batches });
        found.push(...sees(answer));
      }
      expect(found.toSorted()).toEqual(seen);
      if (ordering === 'username') expect(found).toEqual(seen);
    },
  );

  test('followers and following of a user are the others, counted exactly', async () => {
    const followers = await get(`/${popular.username}/followers/`, options);
    const expected = [CAROL, BOB, ALICE].filter((index) => !unseen.includes(index));
    expect([followers.body.count, sees(followers)]).toEqual([expected.length, expected]);
    const following = await get(`/${fan.username}/following/`, options);
    const others = expected.toReversed();
    expect([following.body.count, sees(following)]).toEqual([others.length, others]);
  });
});

test('a list of everybody has as many users as there are for others, but one', async () => {
  const total = async (viewer: TestUser | undefined) =>
    (await get('/?batch_size=1', { token: viewer?.access })).body.batch_info.total_users;
  // Other tests may register somebody in between.
  const [before, blocker, blocked, after] = [
    await total(carol),
    await total(alice),
    await total(bob),
    await total(carol),
  ];
  expect(blocker + 1).toBeGreaterThanOrEqual(before);
  expect(blocked + 1).toBeLessThanOrEqual(after);
});

test('the one who blocks sees the other’s profile, and is nobody to the other', async () => {
  expect((await get(`/${bob.username}/`, { token: alice.access })).body.id).toBe(bob.id);
  expect((await get(`/${alice.username}/`, { token: carol.access })).body.id).toBe(alice.id);
  for (const list of ['', 'followers/', 'following/']) {
    expectProblem(
      await get(`/${alice.username.toUpperCase()}/${list}`, { token: bob.access }),
      404,
      'not_found',
    );
  }
  expect((await get(`/${bob.username}/followers/`, { token: alice.access })).status).toBe(200);
});

test('relationships with who blocks the caller are left out, but for those whom the caller blocks too', async () => {
  const [a, b] = [await newUser(), await newUser()];
  const ask = async () =>
    (await get(`/relationships/?usernames=${a.username}`, { token: b.access })).body.results;
  await block(b, a);
  const before = await ask();
  await block(a, b);
  expect(await ask()).toEqual(before);
  expect(before).toMatchObject([{ username: a.username, is_blocked: true }]);
  await unblock(b, a);
  expect(await ask()).toEqual([]);
});

test('a change of a hidden user brings nobody back', async () => {
  await changeProfile(alice, { bio: `Hello ${word}` });
  const { body } = await get(`/?search=hello%20${word}`, { token: bob.access });
  expect(body.batch_info.total_users).toBe(0);
});

test('whatever is asked of who blocks the caller is answered as of a name that nobody has', async () => {
  const [a, b] = [await newUser(), await newUser()];
  await block(a, b);
  const nobody: TestUser = { ...a, username: uniqueName() };
  const token = b.access;
  const asked = (user: TestUser) => [
    get(`/${user.username}/`, { token }),
    get(`/${user.username}/followers/`, { token }),
    get(`/${user.username}/following/?batch_size=5`, { token }),
    get(`/relationships/?usernames=${user.username}`, { token }),
    get(`/?search=${user.username}`, { token }),
    unfollow(b, user),
    removeFollower(b, user),
    unblock(b, user),
  ];
  const comparable = async (answers: Promise<Answer>[]) =>
    (await Promise.all(answers)).map(({ status, headers, text }) => {
      const { 'x-request-id': _, date: __, ...same } = headers;
      return [status, same, text];
    });
  expect(await comparable(asked(a))).toEqual(await comparable(asked(nobody)));
});
