import { randomUUID } from 'node:crypto';
import { type Clock, toSeconds } from '../../clock.ts';
import { log } from '../../log.ts';
import type { Change } from '../../table/cards.ts';
import {
  claimSnapshot,
  type Manifest,
  publishManifest,
  releaseSnapshot,
  withdrawManifest,
} from '../../table/snapshots.ts';
import { merge, note } from '../changes.ts';
import { type Position, reachOf, readChanges, START } from '../feed.ts';
import { reportSize, standardLimits } from '../limits.ts';
import { type Built, buildSegment } from '../segment/builder.ts';
import { packFile, SnapshotDamaged } from './parts.ts';
import { FORMAT, findSnapshot, openSnapshot } from './reader.ts';
import { objectStore } from './store/store.ts';
import { withWorkFile } from './workFiles.ts';

/** Below this many changes a snapshot saves nothing worth its writing: a reader takes them from the index. */
const MINIMUM = 1000;

/** Part of all cards that must have changed before a snapshot is written anew. */
const WORTHWHILE = 1 / 100;

const HOUR = 60 * 60_000;

/** Snapshots count this long; their objects are kept a day longer, for whoever is reading one then. */
const LIFETIME = 48 * HOUR;

/** A snapshot is built anew from the index this long after that was done last, whatever has changed. */
const REBUILDING = 24 * HOUR;

/** Longer than the function that writes may run. */
const CLAIM = 11 * 60_000;

/**
 * What came of it. `not_due`: too little has changed. `claimed`: another writer is at it. `lost`: it took so long
 * that another writer took over. `damaged`: the snapshot to build on was not whole and is now out of force, so the
 * next writer starts from the index.
 */
type Outcome = 'written' | 'not_due' | 'claimed' | 'lost' | 'damaged';

export interface Written {
  outcome: Outcome;
  cards?: number;
  /** How long the file is, and its object. */
  bytes?: number;
  packed_bytes?: number;
  /** It was built from the index alone. */
  rebuilt?: boolean;
}

/**
 * Replaces the snapshot of the directory by one that has all changes so far, if that is worth while. Any number of
 * writers may try at once: one writes, and its snapshot comes into force as a whole or not at all. `minimum` is how
 * many changes are worth a snapshot. Once a day it is built from the index alone: so it gains whatever it had missed.
 */
export async function writeSnapshot(clock: Clock, minimum = MINIMUM): Promise<Written> {
  const now = clock();
  const found = await findSnapshot(now);
  const base = found && now - found.rebuilt_at < REBUILDING ? found : undefined;
  const changes = new Map<number, Change>();
  const { reach } = await readChanges(reachOf(base?.position ?? START), now, (some) => note(changes, some));
  const position = reach.map(({ settled }) => settled);
  if (!isDue(found, base, changes.size, minimum)) return { outcome: 'not_due' };

  const writer = randomUUID();
  if (!(await claimSnapshot(writer, now, now + CLAIM))) return { outcome: 'claimed' };
  try {
    // Who had the claim until now may have written what we were about to.
    if ((await findSnapshot(now))?.snapshot !== found?.snapshot) {
      await releaseSnapshot(writer);
      return { outcome: 'claimed' };
    }
    return await writeAs(writer, base, changes, position, now);
  } catch (error) {
    await releaseSnapshot(writer);
    if (!base || !(error instanceof SnapshotDamaged)) throw error;
    log.warn('snapshot_damaged', { damage: error.message });
    await withdrawManifest(base.snapshot);
    return { outcome: 'damaged' };
  }
}

function isDue(
  found: Manifest | undefined,
  base: Manifest | undefined,
  changed: number,
  minimum: number,
): boolean {
  if (base) return changed >= Math.max(minimum, base.cards * WORTHWHILE);
  return found !== undefined || changed >= minimum;
}

async function writeAs(
  writer: string,
  base: Manifest | undefined,
  changes: Map<number, Change>,
  position: Position,
  now: number,
): Promise<Written> {
  const { parts, ...built } = await withWorkFile(async (path) => {
    const built = await buildFrom(base, changes, path);
    const parts = await withWorkFile(async (packed) => {
      const parts = await packFile(path, packed);
      await objectStore().put(writer, packed);
      return parts;
    });
    return { ...built, parts };
  });
  const { cards, bytes, given_up } = built;
  reportSize({ cards, bytes, given_up, limit_bytes: standardLimits.file });
  const rebuilt_at = base?.rebuilt_at ?? now;
  const times = { written_at: now, rebuilt_at, expires_at: toSeconds(now + LIFETIME) };
  const manifest = { snapshot: writer, format: FORMAT, cards, position: [...position], ...parts, ...times };
  const published = await publishManifest(writer, manifest);
  const packed_bytes = parts.sizes.reduce((sum, size) => sum + size, 0);
  const outcome = published ? 'written' : 'lost';
  return { outcome, cards, bytes, packed_bytes, rebuilt: base === undefined };
}

/** Builds the segment of the old snapshot's cards with their changes, and of the new ones. */
async function buildFrom(
  manifest: Manifest | undefined,
  changes: Map<number, Change>,
  path: string,
): Promise<Built> {
  const base = manifest && (await openSnapshot(manifest, {}));
  try {
    return await buildSegment(path, merge(base?.rows() ?? [], changes), standardLimits.file);
  } finally {
    base?.close();
  }
}
