import { createHash } from 'node:crypto';
import { log } from '../../log.ts';
import type { Card } from '../../table/cards.ts';
import { DamagedItem } from '../../table/items.ts';
import { type Chunk, type Manifest, readChunks, readManifest } from '../../table/snapshots.ts';
import { START } from '../feed.ts';
import { FORMAT, unpack } from './codec.ts';

/** Chunks that one read asks for, and reads that are under way at once: some 10 MB in all. */
const CHUNKS_A_READ = 8;
const READS_AHEAD = 4;

/** A snapshot is not what its manifest says. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
}

/** How a chunk is told from a damaged one. */
export const digestOf = (data: Uint8Array) => createHash('sha256').update(data).digest('base64url');

/** The snapshot in force, `undefined` when there is none that this code can read. */
export async function findSnapshot(now: number): Promise<Manifest | undefined> {
  try {
    const manifest = await readManifest(now);
    const known = manifest?.format === FORMAT && manifest.position.length === START.length;
    return known ? manifest : undefined;
  } catch (error) {
    if (!(error instanceof DamagedItem)) throw error;
    log.warn('snapshot_damaged', { damage: error.message });
    return undefined;
  }
}

/**
 * All cards of a snapshot, chunk by chunk. Throws {@link SnapshotDamaged} as soon as a chunk is missing or is not the
 * one that the manifest names; what came before is then worth nothing.
 */
export async function* readSnapshot(manifest: Manifest): AsyncGenerator<Card[]> {
  const numbers = manifest.digests.map((_, chunk) => chunk);
  const under_way: Promise<Chunk[]>[] = [];
  let cards = 0;
  for (let done = 0; done < numbers.length; done += CHUNKS_A_READ) {
    while (under_way.length < READS_AHEAD) {
      const start = done + under_way.length * CHUNKS_A_READ;
      const read = readChunks(manifest.snapshot, numbers.slice(start, start + CHUNKS_A_READ));
      // Whoever awaits it hears of the failure; nobody does when an earlier read has failed.
      read.catch(() => {});
      under_way.push(read);
    }
    const found = await under_way.shift()?.catch(asDamage);
    for (const chunk of numbers.slice(done, done + CHUNKS_A_READ)) {
      const unpacked = verify(manifest, chunk, found);
      cards += unpacked.length;
      yield unpacked;
    }
  }
  if (cards !== manifest.cards) throw new SnapshotDamaged(`There are ${cards} cards.`);
}

function verify({ digests }: Manifest, number: number, found: Chunk[] | undefined): Card[] {
  const data = found?.find(({ chunk }) => chunk === number)?.data;
  if (!data) throw new SnapshotDamaged(`Chunk ${number} is missing.`);
  if (digestOf(data) !== digests[number]) throw new SnapshotDamaged(`Chunk ${number} is another one.`);
  try {
    return unpack(data);
  } catch {
    throw new SnapshotDamaged(`Chunk ${number} cannot be unpacked.`);
  }
}

function asDamage(error: unknown): never {
  throw error instanceof DamagedItem ? new SnapshotDamaged(error.message) : error;
}
