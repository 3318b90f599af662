import { expect, test } from 'vitest';
import { del, get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { block, follow, newUser, unblock, uniqueName } from '../../support/users.ts';

test('ends a block, by a name in any case', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await block(alice, bob);
  const answer = await del(`/${bob.username.toUpperCase()}/unblock/`, { token: alice.access });
  expect(answer.body).toEqual({ message: `No longer blocking ${bob.username.toUpperCase()}` });
  expect((await get('/blocked/', { token: alice.access })).body).toMatchObject({ count: 0, results: [] });
  expect((await get(`/${alice.username}/`, { token: bob.access })).status).toBe(200);
  expect((await follow(bob, alice)).status).toBe(201);
});

test('brings no follow back', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await follow(alice, bob);
  await block(alice, bob);
  await unblock(alice, bob);
  expect((await get('/following/', { token: alice.access })).body.count).toBe(0);
});

test('answers not_blocked where there is no block of the caller, and for oneself', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  expectProblem(await unblock(alice, bob), 404, 'not_blocked');
  expectProblem(await unblock(alice, alice), 404, 'not_blocked');
  await block(alice, bob);
  await unblock(alice, bob);
  expectProblem(await unblock(alice, bob), 404, 'not_blocked');
});

test('answers not_found for a name that nobody has', async () => {
  const { access: token } = await newUser();
  expectProblem(await del(`/${uniqueName()}/unblock/`, { token }), 404, 'not_found');
});

test('does not end the block of the other', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await block(alice, bob);
  expectProblem(await unblock(bob, alice), 404, 'not_found');
  expectProblem(await follow(bob, alice), 403, 'cannot_follow');
});
