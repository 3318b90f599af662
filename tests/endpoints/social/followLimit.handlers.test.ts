import { expect, test, vi } from 'vitest';
import { follow as followAt } from '../../../lib/social/follows.ts';
import { sendAll } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { block, follow, newUser, report, type TestUser, unfollow } from '../../support/users.ts';

vi.hoisted(() => {
  Object.assign(process.env, { FOLLOWS_PER_DAY: '400', REPORTS_PER_DAY: '20' });
});

const LIMIT = 400;
const SECOND = 1000;
const DAY = 86_400 * SECOND;
const START = Date.UTC(2026, 0, 1);

/** Many who can be followed. */
const others = await Promise.all(Array.from({ length: LIMIT + 60 }, () => newUser()));

const statuses = (answers: { status: number }[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, some]) => [status, some.length]),
  );

test('of 100 follows at once around the 400th of a day, exactly those up to it take place', {
  timeout: 180_000,
}, async () => {
  const caller = await newUser();
  const first = Date.now();
  const before = await sendAll(others.slice(0, 350).map((other) => () => follow(caller, other)));
  expect(statuses(before)).toEqual({ 201: 350 });
  const around = await sendAll(others.slice(350, 450).map((other) => () => follow(caller, other)));
  expect(statuses(around)).toEqual({ 201: 50, 429: 50 });

  const [refused] = around.filter(({ status }) => status === 429);
  const left = (first + DAY - Date.now()) / SECOND;
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(left - 30);
  expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(left + 30);
  const [one] = others as [TestUser];
  expect((await unfollow(caller, one)).status).toBe(200);
  expectProblem(await follow(caller, one), 429, 'throttled');
});

test('the day begins with the first follow after the last one ended, and Retry-After is true', async () => {
  const caller = await newUser();
  const at = (time: number) => {
    const other = others.pop();
    return followAt(caller, other?.id ?? 0, () => time);
  };
  for (let n = 0; n < LIMIT; n++) {
    const [one] = others as [TestUser];
    await followAt(caller, one.id, () => START + n * SECOND);
    await unfollow(caller, one);
  }
  const later = START + 1000 * SECOND;
  await expect(at(later)).rejects.toMatchObject({ code: 'throttled', retry_after: 86_400 - 1000 });
  await expect(at(START + DAY - SECOND)).rejects.toMatchObject({ code: 'throttled', retry_after: 1 });
  // It may begin long after: the one before has ended.
  const next = START + DAY + 7000 * SECOND;
  await expect(at(START + DAY + 7000 * SECOND)).resolves.toMatchObject({ follower: caller.id });
  for (let n = 1; n < LIMIT; n++) {
    const [one] = others as [TestUser];
    await followAt(caller, one.id, () => next + n * SECOND);
    await unfollow(caller, one);
  }
  await expect(at(next + LIMIT * SECOND)).rejects.toMatchObject({ retry_after: 86_400 - LIMIT });
});

test('a follow that does not take place is not counted', async () => {
  const [caller, blocked] = [await newUser(), await newUser()];
  const [one, ...more] = others as [TestUser, ...TestUser[]];
  await block(blocked, caller);
  const answers = [await follow(caller, one)];
  for (let n = 0; n < 3; n++) {
    expectProblem(await follow(caller, one), 409, 'already_following');
    expectProblem(await follow(caller, blocked), 403, 'cannot_follow');
  }
  answers.push(...(await sendAll(more.slice(0, LIMIT).map((other) => () => follow(caller, other)))));
  expect(statuses(answers)).toEqual({ 201: LIMIT, 429: 1 });
});

test('of 30 reports at once, 20 a day are taken', async () => {
  const caller = await newUser();
  const answers = await sendAll(others.slice(0, 30).map((other) => () => report(caller, other)));
  expect(statuses(answers)).toEqual({ 202: 20, 429: 10 });
  const [one] = others as [TestUser];
  const refused = await report(caller, one);
  expectProblem(refused, 429, 'throttled');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(86_300);
});
