import { expect, test } from 'vitest';
import {
  addKey,
  dropKey,
  type KeyRing,
  noteDeployment,
  promoteKey,
  retireKeys,
  roleOf,
} from '../../../../local/keys/rotation.ts';

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
  const ring = noteDeployment(promoteKey(await addKey(await addKey([])), now), now);
  expect(() => retireKeys(ring, now + 8 * DAY - 1)).toThrow('until 2024-01-23T10:30:00.000Z');
  expect(retireKeys(ring, now + 8 * DAY)).toEqual([ring[0]]);
});

test('L4: the time counts from the deployment, for until then the old key signs', async () => {
  const promoted = promoteKey(await addKey(await addKey([])), now);
  expect(() => retireKeys(promoted, now + 100 * DAY)).toThrow('may still sign');
  const deployed = noteDeployment(promoted, now + 3 * DAY);
  expect(() => retireKeys(deployed, now + 8 * DAY)).toThrow('until 2024-01-26T10:30:00.000Z');
  expect(retireKeys(deployed, now + 11 * DAY)).toEqual([promoted[0]]);
});

test('a deployment is noted once for each key', async () => {
  const ring = noteDeployment(promoteKey(await addKey(await addKey([])), now), now);
  expect(() => noteDeployment(ring, now + DAY)).toThrow('No key has been promoted');
  const next = noteDeployment(promoteKey(await addKey(ring), now + DAY), now + 2 * DAY);
  expect(next.map(({ deployed_at }) => deployed_at)).toEqual([
    undefined,
    '2024-01-17T10:30:00.000Z',
    '2024-01-15T10:30:00.000Z',
  ]);
});

test('L4: a key that leaked while it waited is dropped, and no other', async () => {
  const ring = await addKey(promoteKey(await addKey(await addKey([])), now));
  const [signs = '', verifies = '', waits = ''] = ring.map(({ kid = '' }) => kid);
  expect(dropKey(ring, waits)).toEqual(ring.slice(0, 2));
  expect(() => dropKey(ring, signs)).toThrow('promote another one');
  expect(() => dropKey(ring, verifies)).toThrow('retire it instead');
  expect(() => dropKey(ring, 'nobody')).toThrow('no key nobody');
});

test('a key that leaked can be retired at once', async () => {
  const ring = promoteKey(await addKey(await addKey([])), now);
  expect(retireKeys(ring, now, { early: true })).toEqual([ring[0]]);
});

test('a key that waits is never retired', async () => {
  const ring = await addKey(noteDeployment(promoteKey(await addKey(await addKey([])), now), now));
  expect(roles(ring)).toEqual(['signs', 'verifies', 'waits']);
  expect(roles(retireKeys(ring, now + 8 * DAY))).toEqual(['signs', 'waits']);
});

test('steps that make no sense are refused', async () => {
  const ring = await addKey([]);
  expect(() => promoteKey(ring, now)).toThrow('add one first');
  expect(() => retireKeys(ring, now)).toThrow('nothing to retire');
  await expect(addKey(await addKey(ring))).rejects.toThrow('promote it first');
});
