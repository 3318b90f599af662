import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { beforeEach, describe, expect, test } from 'vitest';
import { handler } from '../../../functions/jobs/writeSnapshot.ts';
import { Directory } from '../../../lib/directory/directory.ts';
import { unpackFile } from '../../../lib/directory/snapshot/parts.ts';
import { objectStore } from '../../../lib/directory/snapshot/store/store.ts';
import { withWorkFile } from '../../../lib/directory/snapshot/workFiles.ts';
import { writeSnapshot } from '../../../lib/directory/snapshot/writer.ts';
import { metered } from '../../../lib/meter.ts';
import { readFeed } from '../../../lib/table/cards.ts';
import { snapshotKey } from '../../../lib/table/keys.ts';
import { claimSnapshot, type Manifest, publishManifest, readManifest } from '../../../lib/table/snapshots.ts';
import { putItem } from '../../../lib/table/write.ts';
import { countCards } from '../../support/directoryQueries.ts';
import { snapshotFile } from '../../support/snapshotFiles.ts';
import { deleteAccount, removeCard } from '../../support/table.ts';
import { storeUser, uniqueName } from '../../support/users.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Far enough from one test to the next that no claim or snapshot of the one before is in force. */
let now = Date.UTC(2026, 0, 1);
const clock = () => now;

beforeEach(async () => {
  now += 1000 * HOUR;
  for (let n = 0; n < 3; n++) await storeUser({ updated_at: now });
});

const everybody = async () => countCards(new Directory({ clock }));

async function inForce() {
  const manifest = await readManifest(now);
  if (!manifest) throw new Error('There is no snapshot.');
  return manifest;
}

test('a new instance takes from the index only what the snapshot lacks', async () => {
  const before = await everybody();
  now += HOUR;
  await writeSnapshot(clock, 1);
  await storeUser({ updated_at: now });
  const pages: number[] = [];
  const directory = new Directory({
    clock,
    read_feed: async function* (shard, since, size) {
      for await (const page of readFeed(shard, since, size)) {
        pages.push(page.changes.length);
        yield page;
      }
    },
  });
  expect(await countCards(directory)).toBe(before + 1);
  expect(pages.reduce((sum, cards) => sum + cards, 0)).toBe(1);
});

test('nothing is written while too little has changed', async () => {
  expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written' });
  now += HOUR;
  const { outcome, write_units } = await metered(async (units) => {
    const written = await writeSnapshot(clock, 1000);
    return { ...written, write_units: units.write_units };
  });
  expect({ outcome, write_units }).toEqual({ outcome: 'not_due', write_units: 0 });
});

describe('a day after the last time, the snapshot is built anew', () => {
  /** Does something that no change tells of, and whatever else happens until then; returns what was written last. */
  async function passDay(act: () => Promise<unknown>) {
    await writeSnapshot(clock, 1);
    now += HOUR;
    await act();
    for (let n = 0; n < 30; n++) await storeUser({ updated_at: now });
    expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written', rebuilt: false });
    now += 24 * HOUR;
    return writeSnapshot(clock, 1000);
  }

  const instances = () => {
    const warm = new Directory({ clock });
    return { warm, fresh: () => new Directory({ clock }) };
  };

  test('though little has changed', async () => {
    expect(await passDay(async () => {})).toMatchObject({ outcome: 'written', rebuilt: true });
  });

  test('H1: a deleted user is gone, from warm instances too', async () => {
    const user = await storeUser({ updated_at: now });
    const { warm, fresh } = instances();
    expect(await countCards(warm, user.username)).toBe(1);
    await passDay(() => deleteAccount(user));
    now += 2 * HOUR;
    expect(await countCards(fresh(), user.username)).toBe(0);
    expect(await countCards(warm, user.username)).toBe(0);
  });

  test('M5: a user who was copied back with an old stamp is found, by warm instances too', async () => {
    const { warm, fresh } = instances();
    await countCards(warm);
    const username = uniqueName('restored');
    const yesterday = now - 24 * HOUR;
    await passDay(() => storeUser({ username, updated_at: yesterday }));
    now += 2 * HOUR;
    expect(await countCards(fresh(), username)).toBe(1);
    expect(await countCards(warm, username)).toBe(1);
  });

  test('to look for it costs a warm instance less than a read unit an hour', async () => {
    const { warm } = instances();
    await countCards(warm);
    const costs: number[] = [];
    for (let n = 0; n < 120; n++) {
      now += MINUTE;
      costs.push(
        await metered(async (consumed) => {
          await countCards(warm);
          return consumed.read_units - 2;
        }),
      );
    }
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeLessThanOrEqual(2);
  });
});

test('H1: where there is no snapshot, an instance itself reads the index anew once a day', async () => {
  const user = await storeUser({ updated_at: now });
  const warm = new Directory({ clock });
  expect(await countCards(warm, user.username)).toBe(1);
  await deleteAccount(user);
  now += 26 * HOUR;
  expect(await countCards(warm, user.username)).toBe(0);
});

test('the scheduled function writes none for a handful of users', async () => {
  await expect(handler(undefined, { getRemainingTimeInMillis: () => 60_000 })).resolves.toBeUndefined();
});

test('of several writers at the same time one writes', async () => {
  const written = await Promise.all([1, 2, 3, 4].map(() => writeSnapshot(clock, 1)));
  expect(written.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'claimed', 'claimed', 'written']);
});

test('a writer that died keeps others out no longer than its claim', async () => {
  expect(await claimSnapshot('dead', now, now + 11 * MINUTE)).toBe(true);
  expect(await writeSnapshot(clock, 1)).toEqual({ outcome: 'claimed' });
  now += 15 * MINUTE;
  expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written' });
});

test('a writer whose claim somebody else took over puts nothing in force', async () => {
  await claimSnapshot('slow', now, now);
  expect(await claimSnapshot('next', now, now + MINUTE)).toBe(true);
  const manifest = {
    ...{
      snapshot: 'slow',
      format: 2,
      bytes: 0,
      sizes: [],
      digests: [],
      cards: 0,
      position: [now, now, now, now],
    },
    ...{ written_at: now, rebuilt_at: now, expires_at: now },
  };
  expect(await publishManifest('slow', manifest)).toBe(false);
  expect(await readManifest(now)).not.toMatchObject({ snapshot: 'slow' });
});

test('a half-written snapshot is never read', async () => {
  const before = await everybody();
  await writeFile(snapshotFile('half'), randomBytes(1000));
  expect(await everybody()).toBe(before);
});

async function changeByte({ snapshot }: Manifest, place: number) {
  const object = await readFile(snapshotFile(snapshot));
  object.writeUInt8(object.readUInt8(place) ^ 1, place);
  await writeFile(snapshotFile(snapshot), object);
}

const change = (manifest: Manifest, changes: Partial<Manifest>) =>
  putItem({ Item: { ...snapshotKey, ...manifest, ...changes } });

const damages: Record<string, (manifest: Manifest) => Promise<void>> = {
  'an object that is missing': ({ snapshot }) => rm(snapshotFile(snapshot)),
  'an object that ends too early': ({ snapshot, sizes: [size = 0] }) =>
    truncate(snapshotFile(snapshot), size - 1),
  'an object that is noise': ({ snapshot, sizes: [size = 0] }) =>
    writeFile(snapshotFile(snapshot), randomBytes(size)),
  'a first byte that is wrong': (manifest) => changeByte(manifest, 0),
  'a last byte that is wrong': (manifest) => changeByte(manifest, (manifest.sizes[0] ?? 0) - 1),
  'a number of cards that is wrong': (manifest) => change(manifest, { cards: manifest.cards + 1 }),
  'a length that is wrong': (manifest) => change(manifest, { bytes: manifest.bytes - 1 }),
  'a part that is missing': (manifest) => change(manifest, { sizes: [], digests: [] }),
  'a part too many': (manifest) => change(manifest, { bytes: manifest.bytes + 2 ** 23 }),
  'a digest that belongs to nothing': (manifest) => change(manifest, { digests: ['0'] }),
};

test.each(Object.entries(damages))(
  '%s costs time only, and the next writer starts anew',
  async (_, damage) => {
    const before = await everybody();
    await writeSnapshot(clock, 1);
    await damage(await inForce());
    expect(await everybody()).toBe(before);
    expect(await readManifest(now)).toBeUndefined();
    now += 15 * MINUTE;
    expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written', cards: before });
  },
);

test('a writer that meets damage takes the snapshot out of force', async () => {
  await writeSnapshot(clock, 1);
  await rm(snapshotFile((await inForce()).snapshot));
  now += HOUR;
  for (let n = 0; n < 50; n++) await storeUser({ updated_at: now });
  expect(await writeSnapshot(clock, 1)).toEqual({ outcome: 'damaged' });
  expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written' });
});

test('where snapshots cannot be reached, the index is read, and the snapshot stays in force', async () => {
  const before = await everybody();
  await writeSnapshot(clock, 1);
  const { snapshot } = await inForce();
  await rm(snapshotFile(snapshot));
  // Nothing can be read from there, and not because there is nothing.
  await mkdir(snapshotFile(snapshot));
  expect(await everybody()).toBe(before);
  expect(await inForce()).toMatchObject({ snapshot });
  await rmdir(snapshotFile(snapshot));
});

test.each([
  ['of another format', { format: 99 }],
  ['with another number of shards', { position: [0] }],
  ['without a position', { position: undefined }],
  ['that has expired', { expires_at: 1 }],
])('a manifest %s is as good as none', async (_, change) => {
  const before = await everybody();
  await writeSnapshot(clock, 1);
  const { position, ...manifest } = await inForce();
  await putItem({ Item: JSON.parse(JSON.stringify({ ...snapshotKey, ...manifest, position, ...change })) });
  expect(await everybody()).toBe(before);
  expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written', cards: before });
});

describe('somebody who is gone', () => {
  test('is not in the next snapshot, and not brought back by the one before', async () => {
    const user = await storeUser({ updated_at: now });
    await writeSnapshot(clock, 1);
    const old = await inForce();
    await removeCard(user, now + 1);
    now += HOUR;
    for (let n = 0; n < 50; n++) await storeUser({ updated_at: now });
    expect(await countCards(new Directory({ clock }), user.username)).toBe(0);
    expect(await writeSnapshot(clock, 1)).toMatchObject({ outcome: 'written', rebuilt: false });
    const { snapshot } = await inForce();
    expect(await countCards(new Directory({ clock }), user.username)).toBe(0);
    await withWorkFile(async (path) => {
      await unpackFile(objectStore(), snapshot, await inForce(), path);
      expect((await readFile(path)).includes(user.username)).toBe(false);
    });
    await change(old, {});
    expect(await countCards(new Directory({ clock }), user.username)).toBe(0);
  });
});

test('nothing is left behind in the storage of an instance', async () => {
  const files = async () =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('users-api-directory'));
  const before = await files();
  await writeSnapshot(clock, 1);
  await everybody();
  await rm(snapshotFile((await inForce()).snapshot));
  await everybody();
  const left = (await files()).filter((name) => !before.includes(name));
  // Other tests have files of their own, for moments.
  await expect.poll(async () => (await files()).filter((name) => left.includes(name))).toEqual([]);
});

test('a new instance pays for the manifest and for what has changed since, whatever the size', async () => {
  for (let n = 0; n < 300; n++) await storeUser({ updated_at: now });
  now += HOUR;
  await writeSnapshot(clock, 1);
  await storeUser({ updated_at: now });
  const { read_units } = await metered(async (consumed) => {
    await everybody();
    return consumed;
  });
  expect(read_units).toBeLessThanOrEqual(3);
});
