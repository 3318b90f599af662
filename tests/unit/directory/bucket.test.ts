import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { withWorkFile } from '../../../lib/directory/snapshot/workFiles.ts';
import { startBucket } from '../../support/bucket.ts';
import { captureLogs } from '../../support/output.ts';
import { storeUser } from '../../support/users.ts';

const bucket = await startBucket();
Object.assign(process.env, bucket.environment);
// What they load reads the environment.
const { packFile, SnapshotDamaged, unpackFile } = await import('../../../lib/directory/snapshot/parts.ts');
const { objectStore } = await import('../../../lib/directory/snapshot/store/store.ts');
const { writeSnapshot } = await import('../../../lib/directory/snapshot/writer.ts');
const { Directory } = await import('../../../lib/directory/directory.ts');
const { countCards } = await import('../../support/directoryQueries.ts');
const { readManifest } = await import('../../../lib/table/snapshots.ts');

beforeEach(() => {
  bucket.calls.length = 0;
  bucket.instead = undefined;
});

afterAll(() => bucket.stop());

const MB = 1024 * 1024;

/** A file of noise and zeros, put into the bucket. */
async function putFile(name: string, path: string) {
  const content = Buffer.concat([randomBytes(9 * MB), Buffer.alloc(9 * MB), randomBytes(1000)]);
  await writeFile(path, content);
  const parts = await withWorkFile(async (packed) => {
    const found = await packFile(path, packed);
    await objectStore().put(name, packed);
    return found;
  });
  return { content, parts };
}

test('what is put comes back, in parts that are asked for by their ranges', async () => {
  await withWorkFile(async (path) => {
    const { content, parts } = await putFile('whole', path);
    expect(parts.sizes.length).toBe(3);
    await withWorkFile(async (copy) => {
      await unpackFile(objectStore(), 'whole', parts, copy);
      expect((await readFile(copy)).equals(content)).toBe(true);
    });
  });
  expect(bucket.calls.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET', 'GET']);
  expect(bucket.calls[1]?.range).toMatch(/^bytes=0-\d+$/);
});

test('an object that is missing or too short is damage', async () => {
  await withWorkFile(async (path) => {
    const { parts } = await putFile('short', path);
    const unpack = (name: string, changed = parts) =>
      withWorkFile((copy) => unpackFile(objectStore(), name, changed, copy));
    await expect(unpack('missing')).rejects.toThrow(SnapshotDamaged);
    const [first = 0, second = 0, last = 0] = parts.sizes;
    await expect(unpack('short', { ...parts, sizes: [first, second, last + 1] })).rejects.toThrow(
      SnapshotDamaged,
    );
    await expect(unpack('short', { ...parts, sizes: [first, second + last, 100] })).rejects.toThrow(
      SnapshotDamaged,
    );
  });
});

test.each([
  [403, 'counts as missing: without the right to list, S3 says no more'],
  [404, 'is missing'],
])('an answer %i %s', async (status) => {
  bucket.instead = (_, response) => response.writeHead(status).end();
  await expect(objectStore().read('any', 0, 10)).rejects.toMatchObject({ name: 'ObjectMissing' });
});

test('an instance loads from the bucket, and from the index while the bucket is away', async () => {
  for (let n = 0; n < 5; n++) await storeUser({ updated_at: Date.now() });
  expect(await writeSnapshot(Date.now, 1)).toMatchObject({ outcome: 'written' });
  const load = () => captureLogs(() => countCards(new Directory()));
  expect(await load()).toMatchObject({ result: 5, lines: [{ from_snapshot: true }] });
  bucket.instead = (request) => request.socket.destroy();
  expect(await load()).toMatchObject({
    result: 5,
    lines: [{ message: 'snapshot_unreachable', level: 'WARN' }, { from_snapshot: false }],
  });
  expect(await readManifest(Date.now())).toBeDefined();
});

test('an object that breaks off on its way costs time only', async () => {
  const { result, lines } = await captureLogs(async () => {
    bucket.instead = (_, response) => {
      response.writeHead(206, { 'Content-Length': '1000' }).write('half');
      setTimeout(() => response.destroy(), 10);
    };
    return countCards(new Directory());
  });
  expect(result).toBe(5);
  expect(lines).toMatchObject([{ message: 'snapshot_unreachable' }, { from_snapshot: false }]);
});
