import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { recordActivity } from '../../../lib/activity/activity.ts';
import { metered } from '../../../lib/meter.ts';
import { eventKey } from '../../../lib/table/keys.ts';
import { getItem } from '../../../lib/table/read.ts';
import { readUserWithCounts } from '../../../lib/table/users.ts';
import { postsEvent } from '../../support/events.ts';
import { storeUser, uniqueName } from '../../support/users.ts';

const NOW = Date.UTC(2024, 0, 15);
const clock = () => NOW;

test('an event costs half a read unit and four write units, in two trips', async () => {
  const event = postsEvent('PostCreated', (await storeUser({ username: uniqueName('Stored') })).username);
  const consumption = await metered(async (consumption) => {
    await recordActivity(event, clock);
    return consumption;
  });
  expect(consumption).toMatchObject({ trips: 2, read_units: 0.5, write_units: 4 });
});

test('an event is remembered for 30 days', async () => {
  const event = postsEvent('PostCreated', (await storeUser({ username: uniqueName('Stored') })).username);
  await recordActivity(event, clock);
  expect(await getItem(eventKey(event.id))).toMatchObject({ expires_at: NOW / 1000 + 30 * 86_400 });
});

test('an event tells whether it was applied now or before', async () => {
  const event = postsEvent('PostLiked', (await storeUser({ username: uniqueName('Stored') })).username);
  expect(await recordActivity(event, clock)).toBe('applied');
  expect(await recordActivity(event, clock)).toBe('repeated');
});

test('a refused event leaves nothing behind', async () => {
  const event = { ...postsEvent('PostLiked', uniqueName('nobody')), id: randomUUID() };
  await expect(recordActivity(event, clock)).rejects.toThrow('Nobody has the name');
  expect(await getItem(eventKey(event.id))).toBeUndefined();
});

test('sums stay exact below zero, so that what arrives late is not lost', async () => {
  const { username } = await storeUser({ username: uniqueName('Stored') });
  await recordActivity(postsEvent('CommentRemoved', username), clock);
  expect((await readUserWithCounts(username))?.counts.comments_received).toBe(-1);
  await recordActivity(postsEvent('CommentAdded', username), clock);
  expect((await readUserWithCounts(username))?.counts.comments_received).toBe(0);
});
