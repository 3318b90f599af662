import { beforeEach, describe, expect, test } from 'vitest';
import { Directory } from '../../../lib/directory/directory.ts';
import { openSnapshot } from '../../../lib/directory/snapshot/reader.ts';
import { writeSnapshot } from '../../../lib/directory/snapshot/writer.ts';
import type { Card, Change } from '../../../lib/table/cards.ts';
import { updateUser } from '../../../lib/table/profileChanges.ts';
import { claimSnapshot, publishManifest, readManifest } from '../../../lib/table/snapshots.ts';
import { countCards } from '../../support/directoryQueries.ts';
import { directoryOf } from '../../support/segments.ts';
import { deleteAccount, hide, show, storedUser, storeUser, uniqueName } from '../../support/users.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Far enough from one test to the next that no claim or snapshot of the one before is in force. */
let now = Date.UTC(2026, 0, 1);
const clock = () => now;

beforeEach(async () => {
  now += 1000 * HOUR;
  for (let n = 0; n < 3; n++) await storeUser({ updated_at: now });
});

/** As many changes as make a snapshot due. */
async function storeMany() {
  for (let n = 0; n < 30; n++) await storeUser({ updated_at: now });
}

async function inForce() {
  const manifest = await readManifest(now);
  if (!manifest) throw new Error('There is no snapshot.');
  return manifest;
}

const ways: [string, (username: string) => Promise<unknown>][] = [
  ['is deleted', (username) => hide(username, 'deleted_at', clock)],
  ['is erased', (username) => deleteAccount({ username }, clock)],
  ['is suspended', (username) => hide(username, 'suspended_at', clock)],
];

describe.each(ways)('H1: a user who %s', (_, remove) => {
  test('is gone from the next list of a warm instance, and from its totals', async () => {
    const { username } = await storeUser({ username: uniqueName('gone'), updated_at: now });
    const warm = new Directory({ clock });
    const before = await countCards(warm);
    expect(await countCards(warm, username)).toBe(1);
    await remove(username);
    expect([await countCards(warm, username), await countCards(warm)]).toEqual([0, before - 1]);
  });

  test('is gone from a new instance, with a snapshot from before and without one', async () => {
    const { username } = await storeUser({ username: uniqueName('gone'), updated_at: now });
    await writeSnapshot(clock, 1);
    now += HOUR;
    await remove(username);
    expect(await countCards(new Directory({ clock }), username)).toBe(0);
    now += 72 * HOUR;
    expect(await readManifest(now)).toBeUndefined();
    expect(await countCards(new Directory({ clock }), username)).toBe(0);
  });

  test('is lost by the next snapshot that builds on one with the card', async () => {
    const { id, username } = await storeUser({ username: uniqueName('gone'), updated_at: now });
    await writeSnapshot(clock, 1);
    now += HOUR;
    await remove(username);
    await storeMany();
    const written = await writeSnapshot(clock, 1);
    expect(written).toMatchObject({ outcome: 'written', rebuilt: false });
    const segment = await openSnapshot(await inForce(), {});
    const ids = [...segment.rows()].flat().map((row) => row.id);
    segment.close();
    expect(ids).not.toContain(id);
    expect(ids).toHaveLength(Number(written.cards));
    expect(await countCards(new Directory({ clock }), username)).toBe(0);
  });

  test('is not brought back by an old snapshot that comes into force again', async () => {
    const { username } = await storeUser({ username: uniqueName('gone'), updated_at: now });
    await writeSnapshot(clock, 1);
    const old = await inForce();
    now += HOUR;
    await remove(username);
    await storeMany();
    now += HOUR;
    await writeSnapshot(clock, 1);
    await claimSnapshot('old', now, now + MINUTE);
    expect(await publishManifest('old', old)).toBe(true);
    expect(await countCards(new Directory({ clock }), username)).toBe(0);
  });
});

test('a deletion that is stamped by a clock behind the last change counts all the same', async () => {
  const user = await storeUser({ username: uniqueName('gone'), updated_at: now });
  const warm = new Directory({ clock });
  await updateUser(user, { bio: 'changed' }, () => now + 500);
  await hide(user.username, 'deleted_at', () => now - 5000);
  expect(await countCards(warm, user.username)).toBe(0);
});

test('a suspended user who is restored is listed again, wherever the card was lost', async () => {
  const { username } = await storeUser({ username: uniqueName('back'), updated_at: now });
  const warm = new Directory({ clock });
  await writeSnapshot(clock, 1);
  now += HOUR;
  for (let times = 0; times < 2; times++) {
    await hide(username, 'suspended_at', clock);
    expect(await countCards(warm, username)).toBe(0);
    await writeSnapshot(clock, 1);
    await show(username, clock);
    expect(await countCards(warm, username)).toBe(1);
    expect(await countCards(new Directory({ clock }), username)).toBe(1);
    now += HOUR;
  }
});

describe('what has changed since a snapshot', () => {
  const card = (updated_at: number, bio = 'text of the card') => storedUser(7, { updated_at, bio });
  const removal = (updated_at: number) => ({ id: 7, updated_at });

  /** The ids of the cards there are, in all and as a search finds them. */
  async function counts(entries: readonly Change[], before: readonly Card[] = []) {
    const { overlay, ids, segment } = await directoryOf(before);
    for (const entry of entries) overlay.apply([entry]);
    const found = [await ids({}), await ids({ search: 'text of' })];
    segment.close();
    return found.map(({ length }) => length);
  }

  test.each([
    ['the card, then the removal', [card(1), removal(2)], 0],
    ['the removal, then the card', [removal(2), card(1)], 0],
    ['a newer card, then the removal', [card(3), removal(2)], 1],
    ['the removal, then a newer card', [removal(2), card(3)], 1],
    ['two removals, the later one first', [removal(4), removal(2), card(3)], 0],
    ['card, removal, newer card, older removal', [card(1), removal(2), card(3), removal(2)], 1],
  ])('ends up the same whatever comes first: %s', async (_, entries, left) => {
    expect(await counts(entries)).toEqual([left, left]);
  });

  test('takes a card of the snapshot away, and gives it back only when it is newer', async () => {
    expect(await counts([removal(2)], [card(1)])).toEqual([0, 0]);
    expect(await counts([removal(2), card(1)], [card(1)])).toEqual([0, 0]);
    expect(await counts([removal(2), card(3)], [card(1)])).toEqual([1, 1]);
    expect(await counts([removal(2)], [card(3)])).toEqual([1, 1]);
  });
});
