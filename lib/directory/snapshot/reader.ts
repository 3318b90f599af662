import { log } from '../../log.ts';
import { DamagedItem } from '../../table/items.ts';
import { type Manifest, readManifest } from '../../table/snapshots.ts';
import { START } from '../feed.ts';
import { Segment, type SegmentOptions } from '../segment/segment.ts';
import { SnapshotDamaged, unpackFile } from './parts.ts';
import { objectStore } from './store/store.ts';
import { withWorkFile } from './workFiles.ts';

/** How the file of a snapshot is laid out; a reader that knows another format does without the snapshot. */
export const FORMAT = 2;

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

/** Reads a snapshot and opens it. Throws {@link SnapshotDamaged} when it is not what its manifest says. */
export function openSnapshot(manifest: Manifest, options: SegmentOptions): Promise<Segment> {
  return withWorkFile(async (path) => {
    await unpackFile(objectStore(), manifest.snapshot, manifest, path);
    const segment = openOrThrow(path, manifest, options);
    if (segment.total === manifest.cards) return segment;
    segment.close();
    throw new SnapshotDamaged(`There are ${segment.total} cards.`);
  });
}

function openOrThrow(path: string, { position }: Manifest, options: SegmentOptions): Segment {
  try {
    return new Segment(path, position, options);
  } catch {
    throw new SnapshotDamaged('The file cannot be opened.');
  }
}
