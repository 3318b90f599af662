import { expect, test } from 'vitest';
import { type Answer, get } from '../../support/api.ts';
import { captureLogs } from '../../support/output.ts';
import {
  block,
  newUser,
  removeFollower,
  type TestUser,
  unblock,
  unfollow,
  uniqueName,
} from '../../support/users.ts';

/** Pairs of requests, one right after the other, so that what else the machine does meets both. */
const PAIRS = 60;

const [blocker, caller] = [await newUser(), await newUser()];
await block(blocker, caller);
const token = caller.access;

/** Somebody whose account is gone, as far as anybody can tell. */
const gone: TestUser = { ...blocker, username: uniqueName() };

const requests: [string, (user: TestUser) => Promise<Answer>][] = [
  ['a profile', ({ username }) => get(`/${username}/`, { token })],
  ['followers', ({ username }) => get(`/${username}/followers/`, { token })],
  ['following', ({ username }) => get(`/${username}/following/`, { token })],
  ['relationships', ({ username }) => get(`/relationships/?usernames=${username}`, { token })],
  ['unfollowing', (user) => unfollow(caller, user)],
  ['removing a follower', (user) => removeFollower(caller, user)],
  ['unblocking', (user) => unblock(caller, user)],
];

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What was answered but for the request's id, how often the database was waited for, and how long it took. */
async function observe(ask: () => Promise<Answer>) {
  let answer: Answer | undefined;
  const start = performance.now();
  const { lines } = await captureLogs(async () => {
    answer = await ask();
  });
  const duration = performance.now() - start;
  const { 'x-request-id': _, ...headers } = answer?.headers ?? {};
  const [{ trips } = { trips: undefined }] = lines.filter((line) => 'trips' in line);
  return { duration, said: JSON.stringify([answer?.status, headers, answer?.text, trips]) };
}

test('a search: who blocks the caller cannot be told from somebody who is gone', async () => {
  // How often it waits depends on which of its reads ends first, for it reads the blocks beside what changed.
  const answerAbout = async (user: TestUser) => {
    const { status, text } = await get(`/?search=${user.username}`, { token });
    return [status, text];
  };
  expect(await answerAbout(blocker)).toEqual(await answerAbout(gone));
});

test.each(requests)('%s: who blocks the caller cannot be told from somebody who is gone', async (_, ask) => {
  const ratios: number[] = [];
  const said = new Set<string>();
  // The first request of an instance may load something.
  await ask(gone);
  for (let n = 0; n < PAIRS; n++) {
    const [one, other] = n % 2 ? [blocker, gone] : [gone, blocker];
    const [first, second] = [await observe(() => ask(one)), await observe(() => ask(other))];
    const [ofBlocker, ofGone] = n % 2 ? [first, second] : [second, first];
    ratios.push(ofBlocker.duration / ofGone.duration);
    said.add(first.said).add(second.said);
  }
  expect([...said]).toHaveLength(1);
  // A trip more would double the time.
  expect(median(ratios)).toBeGreaterThan(0.6);
  expect(median(ratios)).toBeLessThan(1.6);
});
