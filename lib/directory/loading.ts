import { log, nameOf } from '../log.ts';
import type { Change } from '../table/cards.ts';
import { type Manifest, withdrawManifest } from '../table/snapshots.ts';
import type { Base } from './base.ts';
import { merge, note } from './changes.ts';
import { type Reach, type ReadFeed, reachOf, readChanges, START } from './feed.ts';
import type { Limits } from './limits.ts';
import { Overlay } from './overlay.ts';
import { buildSegment } from './segment/builder.ts';
import { Segment } from './segment/segment.ts';
import { SnapshotDamaged } from './snapshot/parts.ts';
import { findSnapshot, openSnapshot } from './snapshot/reader.ts';
import { withWorkFile } from './snapshot/workFiles.ts';

/** A directory that was just loaded. Times in milliseconds. */
export interface Loaded {
  base: Base;
  overlay: Overlay;
  /** How far the feed was read. */
  reach: Reach[];
  /** When the base was written. */
  written_at: number;
  /** When what it comes from was read whole from the index: of what was missed then, nothing has told since. */
  whole_at: number;
}

interface LoadOptions {
  now: number;
  limits: Limits;
  read: ReadFeed;
}

/** Loads from the snapshot in force and what has changed since, else from the index. */
export async function load(options: LoadOptions): Promise<Loaded> {
  const start = performance.now();
  const snapshot = await findSnapshot(options.now);
  const from_snapshot = snapshot && (await loadSnapshot(snapshot, options));
  const { damaged, ...loaded } = from_snapshot ?? (await loadIndex(options));
  const { base, overlay } = loaded;
  log.info('directory_loaded', {
    ...{ cards: overlay.total, damaged, bytes: base.bytes, from_snapshot: from_snapshot !== undefined },
    duration_ms: Math.round(performance.now() - start),
  });
  return loaded;
}

/** `undefined` when there is no such snapshot after all. */
async function loadSnapshot(manifest: Manifest, { now, limits, read }: LoadOptions) {
  const changes: Change[] = [];
  const reading = readChanges(reachOf(manifest.position), now, (some) => changes.push(...some), { read });
  // Whoever awaits it hears of the failure; nobody does when the snapshot has failed before.
  reading.catch(() => {});
  const base = await openSnapshot(manifest, { memory: limits.texts }).catch((error) =>
    leave(manifest, error),
  );
  if (!base) return undefined;
  try {
    const { reach, damaged } = await reading;
    const overlay = new Overlay(base, limits.changes);
    overlay.apply(changes);
    const { written_at, rebuilt_at: whole_at } = manifest;
    return { base, overlay, reach, written_at, whole_at, damaged };
  } catch (error) {
    base.close();
    throw error;
  }
}

/**
 * A snapshot that is not what it should be costs time, nothing else; nor does one that cannot be had now. A damaged one
 * is taken out of force: if that fails too, the next reader meets the same damage and tries again.
 */
async function leave({ snapshot }: Manifest, error: unknown): Promise<undefined> {
  if (error instanceof SnapshotDamaged) {
    log.warn('snapshot_damaged', { damage: error.message });
    await withdrawManifest(snapshot).catch(() => {});
  } else log.warn('snapshot_unreachable', { error_name: nameOf(error) });
}

/** Makes a segment of what the index has, as the writer of snapshots does. */
async function loadIndex({ now, limits, read }: LoadOptions) {
  const latest = new Map<number, Change>();
  const { reach, damaged } = await readChanges(reachOf(START), now, (some) => note(latest, some), { read });
  const position = reach.map(({ settled }) => settled);
  const base = await withWorkFile(async (path) => {
    await buildSegment(path, merge([], latest), limits.file);
    return new Segment(path, position, { memory: limits.texts });
  });
  return { base, overlay: new Overlay(base, limits.changes), reach, written_at: now, whole_at: now, damaged };
}
