import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { ObjectMissing, type ObjectStore } from './store/objects.ts';

/** How many bytes of a file are packed as one part, each by itself, so that several are read at once. */
const PART = 8 * 1024 * 1024;

/** Parts that are under way at once: some 50 MB. */
const AT_ONCE = 4;

const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];

/** A file as it lies in the store: packed parts, one after the other. */
export interface Parts {
  /** How long the file is, in bytes. */
  bytes: number;
  /** How long each part is, packed. */
  sizes: number[];
  /** The SHA-256 of each part, packed. */
  digests: string[];
}

/** What was read is not what was written. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
}

const digestOf = (data: Uint8Array) => createHash('sha256').update(data).digest('base64url');

/** Packs the file `path` into a new file `packed`. */
export async function packFile(path: string, packed: string): Promise<Parts> {
  await using from = await open(path);
  await using to = await open(packed, 'wx');
  const parts: Parts = { ...{ bytes: (await from.stat()).size }, sizes: [], digests: [] };
  for (let start = 0; start < parts.bytes; start += PART) {
    const part = Buffer.alloc(partSize(parts, start));
    await from.read(part, 0, part.length, start);
    const data = await compress(part);
    await to.appendFile(data);
    parts.sizes.push(data.length);
    parts.digests.push(digestOf(data));
  }
  return parts;
}

/**
 * Reads an object into a new file `path`, some parts at once, each unpacked and written as soon as it is there. Throws
 * {@link SnapshotDamaged} when something is missing or is not what was written.
 */
export async function unpackFile(
  store: ObjectStore,
  name: string,
  parts: Parts,
  path: string,
): Promise<void> {
  if (parts.sizes.length !== Math.ceil(parts.bytes / PART) || parts.digests.length !== parts.sizes.length) {
    throw new SnapshotDamaged('The parts do not make up the file.');
  }
  await using file = await open(path, 'wx');
  let [next, from] = [0, 0];
  const work = async () => {
    while (next < parts.sizes.length) {
      const part = next++;
      const [start, size] = [from, parts.sizes[part] as number];
      from += size;
      const data = await store.read(name, start, size).catch(asDamage);
      const content = await unpackPart(data, partSize(parts, part * PART), parts.digests[part]);
      await file.write(content, 0, content.length, part * PART);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
}

const partSize = ({ bytes }: Parts, start: number) => Math.min(PART, bytes - start);

async function unpackPart(data: Uint8Array, size: number, digest: string | undefined): Promise<Buffer> {
  if (digestOf(data) !== digest) throw new SnapshotDamaged('A part is another one.');
  const content = await decompress(data, { maxOutputLength: size }).catch(() => undefined);
  if (content?.length !== size) throw new SnapshotDamaged('A part cannot be unpacked.');
  return content;
}

function asDamage(error: unknown): never {
  throw error instanceof ObjectMissing ? new SnapshotDamaged(error.message) : error;
}
