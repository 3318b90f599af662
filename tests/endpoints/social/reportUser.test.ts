import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { post } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { scanItems } from '../../support/table.ts';
import { block, newUser, report, type TestUser, uniqueName } from '../../support/users.ts';

/** What moderators find that somebody has reported. */
async function reportsBy({ username }: TestUser) {
  const items = (await scanItems()).filter(({ PK }) => PK === `USER#${username.toLowerCase()}`);
  return items.filter(({ SK }) => String(SK).startsWith('REPORT#'));
}

test('answers 202, and keeps what was written for moderators, for a time', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const answer = await post(
    `/${bob.username.toUpperCase()}/report/`,
    { reason: 'abuse', text: ' He wrote:\nwords. ' },
    { token: alice.access },
  );
  expect([answer.status, answer.body]).toEqual([202, { message: 'Thank you. Moderators have been told.' }]);
  const [found, ...others] = await reportsBy(alice);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    ...{ reporter: alice.id, reported: bob.id, reported_username: bob.username },
    ...{ reason: 'abuse', text: 'He wrote:\nwords.' },
  });
  expect(found?.expires_at - Date.now() / 1000).toBeGreaterThan(89 * 86_400);
});

test.each([
  [{}, ['reason']],
  [{ reason: 'boring' }, ['reason']],
  [{ reason: null, text: 7 }, ['reason', 'text']],
  [{ reason: 'other', text: 'x'.repeat(1001) }, ['text']],
  [{ reason: 'other', text: 'a\u0000b' }, ['text']],
])('refuses %j', async (body, fields) => {
  const [alice, bob] = [await newUser(), await newUser()];
  const answer = await post(`/${bob.username}/report/`, body, { token: alice.access });
  expectProblem(answer, 400, 'invalid', fields);
  expect(await reportsBy(alice)).toEqual([]);
});

test.each([uniqueName(), 'me', 'block'])('answers 404 for %s, whom nobody is', async (name) => {
  const { access: token } = await newUser();
  expectProblem(await post(`/${name}/report/`, { reason: 'spam' }, { token }), 404, 'not_found');
});

test('reaches also somebody who blocks the caller', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await block(bob, alice);
  expect((await report(alice, bob)).status).toBe(202);
});

test('is one report under a key, however often it comes', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const headers = { 'Idempotency-Key': randomUUID() };
  const answers = await Promise.all(Array.from({ length: 4 }, () => report(alice, bob, { headers })));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  expect(await reportsBy(alice)).toHaveLength(1);
});
