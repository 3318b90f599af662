import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';
import { expectProblem } from '../../support/problems.ts';
import { block, newUser, uniqueName } from '../../support/users.ts';

test('lists the blocks of the caller by name, page by page, with their number', async () => {
  const [alice, other] = [await newUser(), await newUser()];
  const token = alice.access;
  const names = ['c', 'a', 'B'].map((letter) => `${letter}-${uniqueName()}`);
  for (const username of names) await block(alice, await newUser({ username }));
  await block(other, alice);

  const first = await get('/blocked/?batch_size=2', { token });
  const second = await get(`/blocked/?batch_size=2&cursor=${first.body.next}`, { token });
  const results = [...first.body.results, ...second.body.results];
  expect([first.body.count, second.body.count, second.body.next]).toEqual([3, 3, null]);
  expect(results.map(({ blocked_username }) => blocked_username)).toEqual([names[1], names[2], names[0]]);
  expect(Object.keys(results[0])).toEqual(['id', 'blocked', 'blocked_username', 'created_at']);
  expect(new Set(results.map(({ id }) => id)).size).toBe(3);
});

test('is empty for who blocks nobody', async () => {
  const { access: token } = await newUser();
  expect((await get('/blocked/', { token })).body).toEqual({ count: 0, results: [], next: null });
});

test('refuses a cursor of another list', async () => {
  const alice = await newUser();
  const token = alice.access;
  for (let n = 0; n < 2; n++) await block(alice, await newUser());
  const { next } = (await get('/blocked/?batch_size=1', { token })).body;
  expectProblem(await get(`/following/?cursor=${next}`, { token }), 400, 'invalid', ['cursor']);
});
