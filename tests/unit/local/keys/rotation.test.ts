import { expect, test } from 'vitest';
import { addKey, type KeyRing, promoteKey, retireKeys, roleOf } from '../../../../local/keys/rotation.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2024-01-15T10:30:00Z');

const roles = (ring: KeyRing) => ring.map((key) => roleOf(key, ring));

test('the first key of all signs at once', async () => {
  expect(roles(await addKey([]))).toEqual(['signs']);
});

test('a new key waits, then signs, while the one before goes on verifying', async () => {
  const first = await addKey([]);
  const added = await addKey(first);
  expect(roles(added)).toEqual(['signs', 'waits']);
  expect(added[0]).toEqual(first[0]);

  const promoted = promoteKey(added, now);
  expect(roles(promoted)).toEqual(['signs', 'verifies']);
  expect(promoted.map(({ kid }) => kid)).toEqual([added[1]?.kid, added[0]?.kid]);
});

test('an old key retires when its last token has run out, and not before', async () => {
  const ring = promoteKey(await addKey(await addKey([])), now);
  expect(() => retireKeys(ring, now + 8 * DAY - 1)).toThrow('until 2024-01-23T10:30:00.000Z');
  expect(retireKeys(ring, now + 8 * DAY)).toEqual([ring[0]]);
});

test('a key that leaked can be retired at once', async () => {
  const ring = promoteKey(await addKey(await addKey([])), now);
  expect(retireKeys(ring, now, { early: true })).toEqual([ring[0]]);
});

test('a key that waits is never retired', async () => {
  const ring = await addKey(promoteKey(await addKey(await addKey([])), now));
  expect(roles(ring)).toEqual(['signs', 'verifies', 'waits']);
  expect(roles(retireKeys(ring, now + 8 * DAY))).toEqual(['signs', 'waits']);
});

test('steps that make no sense are refused', async () => {
  const ring = await addKey([]);
  expect(() => promoteKey(ring, now)).toThrow('add one first');
  expect(() => retireKeys(ring, now)).toThrow('nothing to retire');
  await expect(addKey(await addKey(ring))).rejects.toThrow('promote it first');
});
