import { expect, test } from 'vitest';
import { blockedByKey, blockKey, followKey } from '../../lib/table/keys.ts';
import { inParallel } from '../../local/pool.ts';
import { below, oneOf, type Random, seededRandom } from '../../local/seed/random.ts';
import { type Answer, get, send } from '../support/api.ts';
import { findContradictions } from '../support/audit.ts';
import { readItem } from '../support/table.ts';
import {
  block,
  follow,
  newUser,
  removeFollower,
  type TestUser,
  unblock,
  unfollow,
} from '../support/users.ts';

const MINUTES = 60_000;
const USERS = 30;
const STEPS = 1500;
const AT_ONCE = 50;
const RACES = 200;

/** What users do to one another, by how often they do, with the statuses that it may have. */
const ACTS: [weight: number, act: (one: TestUser, other: TestUser) => Promise<Answer>, statuses: number[]][] =
  [
    [8, follow, [201, 400, 401, 403, 404, 409]],
    [2, unfollow, [200, 401, 404]],
    [2, removeFollower, [200, 401, 404]],
    [3, block, [201, 400, 401, 404, 409]],
    [2, unblock, [200, 401, 404]],
  ];

/** A user leaves at each so many steps, from the last one on. */
const STEPS_TO_A_DELETION = 200;

const deleteAccount = ({ password, access: token }: TestUser) =>
  send('DELETE', '/me/', { password }, { token });

const acts = ACTS.flatMap(([weight, act, statuses]) => Array(weight).fill({ act, statuses }));

/** Two users, mostly of the first few, so that many meet. */
const pickPair = (random: Random, users: readonly TestUser[]) => {
  const pick = () => users[below(random, below(random, 3) === 0 ? users.length : 8)] ?? oneOf(random, users);
  return [pick(), pick()] as const;
};

test(`after ${STEPS} follows, blocks, their ends and deletions among ${USERS} users, ${AT_ONCE} at once, everything agrees`, {
  timeout: 5 * MINUTES,
}, async () => {
  const users = await Promise.all(Array.from({ length: USERS }, () => newUser()));
  const random = seededRandom(7);
  const leaving = users.slice(-Math.floor((STEPS - 1) / STEPS_TO_A_DELETION) - 1);
  const steps = Array.from({ length: STEPS }, (_, n) => {
    const gone = n % STEPS_TO_A_DELETION === 0 ? leaving[n / STEPS_TO_A_DELETION] : undefined;
    if (gone) return { act: deleteAccount, statuses: [200], pair: [gone, gone] as const };
    const { act, statuses } = oneOf(random, acts) as { act: (typeof ACTS)[number][1]; statuses: number[] };
    return { act, statuses, pair: pickPair(random, users) };
  });
  const unexpected: string[] = [];
  const seen = new Set<string>();
  await inParallel(steps, AT_ONCE, async ({ act, statuses, pair }) => {
    const { status, body } = await act(...pair);
    if (!statuses.includes(status)) unexpected.push(`${act.name}: ${status} ${body.code}`);
    seen.add(`${act.name} ${status}`);
  });
  expect(unexpected).toEqual([]);
  for (const [, act] of ACTS)
    expect([...seen].filter((one) => one.startsWith(act.name)).length).toBeGreaterThan(1);

  const { eraseAccount } = await import('../../lib/accounts/eraser.ts');
  for (const user of leaving) await eraseAccount(user, { wait: async () => {} });

  // No edge crosses a block, every block has two sides, and counts equal edges and blocks.
  expect(await findContradictions()).toEqual([]);
  const left = await stillThere(users);
  expect(left).toHaveLength(users.length - leaving.length);
  const views = new Map<string, View>();
  for (const user of left) views.set(user.username, await viewOf(user, users));
  const blocks = (one: string, other: string) => views.get(one)?.blocked.has(other) ?? false;
  expect(left.some((user) => left.some((other) => blocks(user.username, other.username)))).toBe(true);
  for (const [own, view] of views) {
    const others = [...views.keys()];
    const hidden = others.filter((name) => blocks(own, name) || blocks(name, own));
    expect(view.total).toBe(left.length - hidden.length);
    const shown = others.filter((name) => blocks(own, name) || !blocks(name, own));
    expect(view.relationships).toEqual(
      new Map(
        shown.map((username) => [
          username,
          {
            ...{ username, is_following: view.following.has(username) },
            ...{ follows_me: view.followers.has(username), is_blocked: blocks(own, username) },
          },
        ]),
      ),
    );
    for (const name of others) expect(views.get(name)?.followers.has(own)).toBe(view.following.has(name));
  }
});

/** Those whose accounts are there. */
async function stillThere(users: readonly TestUser[]): Promise<TestUser[]> {
  const answers = await Promise.all(users.map(({ access: token }) => get('/me/', { token })));
  return users.filter((_, n) => answers[n]?.status === 200);
}

type View = Awaited<ReturnType<typeof viewOf>>;

/** What a user is told of all others. */
async function viewOf({ access: token }: TestUser, users: readonly TestUser[]) {
  const names = async (path: string, field: string) => {
    const { body } = await get(path, { token });
    expect(body.results).toHaveLength(body.count);
    return new Set<string>(body.results.map((entry: Record<string, string>) => entry[field]));
  };
  const asked = users.map(({ username }) => username).join(',');
  const { body } = await get(`/relationships/?usernames=${asked}`, { token });
  return {
    blocked: await names('/blocked/', 'blocked_username'),
    following: await names('/following/', 'following_username'),
    followers: await names('/me/followers/', 'username'),
    relationships: new Map<string, object>(
      body.results.map((one: { username: string }) => [one.username, one]),
    ),
    total: (await get('/', { token })).body.batch_info.total_users,
  };
}

test(`of a block and follows of the same two at once, ${RACES} times, never both are there afterwards`, {
  timeout: 5 * MINUTES,
}, async () => {
  const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];
  const outcomes = new Set<string>();
  for (let n = 0; n < RACES; n++) {
    // Whoever takes part in another block is looked at more closely, so both ways race.
    if (n === RACES / 2) await Promise.all([block(bob, carol), block(carol, alice)]);
    const requests = [() => block(alice, bob), () => follow(alice, bob), () => follow(bob, alice)];
    const order = n % 3;
    const started = [...requests.slice(order), ...requests.slice(0, order)].map((request) => request());
    const answers = await Promise.all(started);
    const [blocked, ...followed] = [...answers.slice(3 - order), ...answers.slice(0, 3 - order)];
    expect(blocked?.status).toBe(201);
    for (const { status } of followed) expect([201, 403]).toContain(status);
    outcomes.add(followed.map(({ status }) => status).join());
    const [a, b] = [alice.username, bob.username];
    const found = await Promise.all([
      ...[blockKey(a, b), blockedByKey(b, a), followKey(a, b), followKey(b, a)].map(readItem),
    ]);
    expect(found.map(Boolean)).toEqual([true, true, false, false]);
    await unblock(alice, bob);
  }
  expect(outcomes.size).toBeGreaterThan(1);
  expect(await findContradictions()).toEqual([]);
});
