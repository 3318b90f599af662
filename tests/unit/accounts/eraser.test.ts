import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { toSeconds } from '../../../lib/clock.ts';
import { type Call, startFaultProxy } from '../../support/faultProxy.ts';

/** In seconds since 1970. */
const tomorrow = () => toSeconds(Date.now()) + 24 * 60 * 60;

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

const { eraseAccount, eraseDeleted } = await import('../../../lib/accounts/eraser.ts');
const { nameFailures } = await import('../../../lib/auth/loginThrottle.ts');
const { failedLoginKey } = await import('../../../lib/table/keys.ts');
const { LONGEST_REQUEST, LONGEST_WRITE } = await import('../../../lib/deadline.ts');
const { revokeToken } = await import('../../../lib/table/revokedTokens.ts');
const { insertFollow } = await import('../../../lib/table/follows.ts');
const { updateUserExactly } = await import('../../../lib/table/profileChanges.ts');
const { applyActivity } = await import('../../../lib/table/countedEvents.ts');
const { leaseIds } = await import('../../../lib/table/sequences.ts');
const { metered } = await import('../../../lib/meter.ts');
const { get, post } = await import('../../support/api.ts');
const { findContradictions } = await import('../../support/audit.ts');
const { expectProblem } = await import('../../support/problems.ts');
const { readItem, writeItem } = await import('../../support/table.ts');
const { findTraces } = await import('../../support/traces.ts');
const { changeProfile, follow, hide, newUser, registration, storeSession, storeUser, unfollow } =
  await import('../../support/users.ts');

type Member = Awaited<ReturnType<typeof newUser>>;

// So that no id is taken for another number.
await leaseIds('user', 7_000_000);

const atOnce = { wait: async () => {} };

const WRITE = /^(TransactWriteItems|(Put|Update|Delete)Item)$/;

/** Somebody who has done everything that leaves something behind, deleted a moment ago, and those who are left. */
async function deletedUser() {
  const first = registration();
  const doomed = await newUser({ username: first.username, email: first.email });
  const friends = [await newUser(), await newUser(), await newUser()] as const;
  const [one, two, three] = friends;
  for (const [follower, followed] of [
    [doomed, one],
    [doomed, two],
    [one, doomed],
    [three, doomed],
    [one, two],
    [three, one],
  ] as const) {
    const key = follower === doomed ? { 'Idempotency-Key': randomUUID() } : {};
    await follow(follower, followed, { headers: key });
  }
  const { email } = registration();
  await changeProfile(doomed, { email, bio: `I am ${doomed.username}` });
  await storeSession(doomed.username);
  const { id, username } = doomed;
  await revokeToken({ username, jti: randomUUID() }, Date.now());
  await post('/login/', { username, password: 'wrong-password' });
  for (let n = 0; n < 20; n++) {
    await applyActivity(
      { event_id: randomUUID(), username, count: 'likes_received', difference: 1 },
      tomorrow(),
    );
  }
  await writeItem({ PK: `USER#${username}`, SK: 'FUTURE#1', whose: username });
  await hide(username, 'deleted_at');
  return { doomed: { id, username, emails: [first.email, email] }, friends };
}

const tombstone = ({ id }: { id: number }) => [`USER_ID#${id} USER_ID`];

/** Nothing is left, and whoever takes the name and the address gets nothing of the one before. */
async function expectErased(
  { id, username, emails }: { id: number; username: string; emails: string[] },
  fan: Member,
) {
  expect(await findTraces({ id, username, emails })).toEqual(tombstone({ id }));
  expect(await findContradictions()).toEqual([]);
  expectProblem(await follow(fan, { id } as Member), 404, 'not_found');
  for (const email of emails) {
    const next = { ...registration(), ...(email === emails[0] && { username }), email };
    const { status, body } = await post('/register/', next);
    expect(status).toBe(201);
    expect(body.user.id).toBeGreaterThan(id);
    expect((await get(`/${body.user.username}/`)).body).toMatchObject({
      ...{ followers_count: 0, following_count: 0, posts_count: 0, bio: '' },
    });
    expect((await get('/me/sessions/', { token: body.access })).body.count).toBe(1);
    expect((await get('/me/stats/', { token: body.access })).body.likes_received).toBe(0);
    expect((await follow(fan, { id: body.user.id } as Member)).status).toBe(201);
  }
  expect(await findContradictions()).toEqual([]);
}

test('erases all there is, but the tombstone; counts of others stay exact', async () => {
  const { doomed, friends } = await deletedUser();
  const failures = failedLoginKey(nameFailures(doomed.username));
  expect(await readItem(failures)).toBeDefined();
  expect((await findTraces(doomed)).length).toBeGreaterThan(20);
  const erasure = await eraseAccount(doomed, atOnce);
  expect(erasure).toMatchObject({ outcome: 'erased' });
  expect(await readItem(failures)).toBeUndefined();
  for (const [n, counts] of [
    { followers_count: 1, following_count: 1 },
    { followers_count: 1, following_count: 0 },
    { followers_count: 0, following_count: 1 },
  ].entries()) {
    expect((await get(`/${friends[n]?.username}/`)).body).toMatchObject(counts);
  }
  await expectErased(doomed, friends[0]);
});

test('can be stopped at every write, run again, and twice at once', { timeout: 300_000 }, async () => {
  let stopped = true;
  for (let writes = 0; stopped; writes++) {
    const { doomed, friends } = await deletedUser();
    let left = writes;
    proxy.fault = ({ operation }: Call) => (WRITE.test(operation) && left-- <= 0 ? 'nonsense' : undefined);
    stopped = await eraseAccount(doomed, atOnce).then(
      () => false,
      () => true,
    );
    proxy.fault = () => undefined;
    expect(stopped).toBe((await findTraces(doomed)).length > 1);
    const again = await Promise.all([1, 2].map(() => eraseAccount(doomed, atOnce)));
    expect(again.map(({ outcome }) => outcome)).not.toContain('unfinished');
    expect(await eraseAccount(doomed, atOnce)).toEqual({ outcome: 'gone', items: 0 });
    await expectErased(doomed, friends[1]);
    if (!stopped) expect(writes).toBeGreaterThan(6);
  }
});

describe('what was under way when the account was deleted', () => {
  test('is waited for: a follow, a login and an event that come late do not survive', async () => {
    const { doomed, friends } = await deletedUser();
    const { id, username } = doomed;
    const late = {
      id: 9_000_001,
      following: id,
      following_username: username,
      created_at: Date.now(),
    };
    let waited = 0;
    await eraseAccount(doomed, {
      wait: async (milliseconds) => {
        waited = milliseconds;
        expect(await insertFollow(friends[1], late)).toBe('done');
        await storeSession(username);
        const event = { event_id: randomUUID(), username, count: 'posts_count', difference: 1 } as const;
        await applyActivity(event, tomorrow());
      },
    });
    expect(waited).toBeGreaterThan(LONGEST_WRITE + LONGEST_REQUEST);
    await expectErased(doomed, friends[1]);
  });

  test('is over after that: an account that was deleted long ago is erased at once', async () => {
    const user = await storeUser();
    await hide(user.username, 'deleted_at', () => Date.now() - 120_000);
    const waits: number[] = [];
    await eraseAccount(user, { wait: async (milliseconds) => waits.push(milliseconds) });
    expect(waits).toEqual([0]);
  });

  test('a storm of follows and unfollows around it leaves nothing behind', async () => {
    const [user, ...fans] = await Promise.all(Array.from({ length: 13 }, () => newUser()));
    if (!user) throw new Error('There is nobody.');
    for (const fan of fans.slice(0, 4)) await follow(fan, user);
    const storm = [
      ...fans.slice(4).map((fan) => follow(fan, user)),
      ...fans.slice(0, 4).map((fan) => unfollow(fan, user)),
      ...fans.slice(0, 4).map((fan) => follow(user, fan)),
    ];
    const [answers] = await Promise.all([Promise.all(storm), hide(user.username, 'deleted_at')]);
    for (const { status } of answers) expect([200, 201, 401, 404]).toContain(status);
    await eraseAccount(user, atOnce);
    expect(await findTraces({ ...user, emails: [user.email] })).toEqual(tombstone(user));
    expect(await findContradictions()).toEqual([]);
  });

  test('an address that is changed at the same time does not stay claimed', async () => {
    for (let n = 0; n < 10; n++) {
      const user = await storeUser();
      const emails = [user.email, registration().email];
      const change = updateUserExactly(user, { email: emails[1] as string }, Date.now);
      const [changed] = await Promise.all([change, hide(user.username, 'deleted_at')]);
      expect(['updated', 'account_gone']).toContain(changed.outcome);
      await eraseAccount(user, atOnce);
      expect(await findTraces({ ...user, emails })).toEqual(tombstone(user));
    }
  });
});

test('goes on in the next run with what does not fit into one', async () => {
  const { doomed, friends } = await deletedUser();
  const outcomes: string[] = [];
  for (let n = 0; n < 10; n++) {
    outcomes.push((await eraseAccount(doomed, { ...atOnce, run: 0 })).outcome);
    if (outcomes.at(-1) === 'gone') break;
  }
  expect(outcomes[0]).toBe('unfinished');
  await eraseAccount(doomed, atOnce);
  await expectErased(doomed, friends[0]);
});

test('costs five write units an edge', async () => {
  const [user, ...others] = await Promise.all(Array.from({ length: 21 }, () => newUser()));
  if (!user) throw new Error('There is nobody.');
  const costOf = async () => {
    await hide(user.username, 'deleted_at');
    return metered(async (consumed) => {
      await eraseAccount(user, atOnce);
      return consumed.write_units;
    });
  };
  for (const other of others.slice(0, 10)) await follow(user, other);
  for (const other of others.slice(10)) await follow(other, user);
  const stripes = (await findTraces({ ...user, emails: [] })).filter((key) =>
    key.includes(' #COUNT#'),
  ).length;
  // A session with the condition of its page, a count of failed logins, the claim, the user, its counters.
  expect(await costOf()).toBe(20 * 5 + 4 + 1 + 2 + 2 + 2 * stripes);
});

test('refuses an account that is not deleted, and leaves the next owner of the name alone', async () => {
  const user = await newUser();
  await expect(eraseAccount(user, atOnce)).rejects.toThrow('The account is not deleted.');
  expect(await eraseAccount({ ...user, id: user.id - 1 }, atOnce)).toEqual({ outcome: 'gone', items: 0 });
  expect((await get('/me/', { token: user.access })).status).toBe(200);
});

test('two who follow one another can be erased at the same time', async () => {
  const [alice, bob, eve] = [await newUser(), await newUser(), await newUser()];
  for (const [a, b] of [
    [alice, bob],
    [bob, alice],
    [eve, bob],
  ] as const)
    await follow(a, b);
  await Promise.all([alice, bob].map(({ username }) => hide(username, 'deleted_at')));
  await Promise.all([alice, bob, alice, bob].map((user) => eraseAccount(user, atOnce)));
  for (const user of [alice, bob]) {
    expect(await findTraces({ ...user, emails: [user.email] })).toEqual(tombstone(user));
  }
  expect(await findContradictions()).toEqual([]);
});

test('an event that is none of a deletion is refused', async () => {
  await expect(eraseDeleted({ 'detail-type': 'UserRegistered', detail: {} })).rejects.toThrow();
});
