import { randomUUID } from 'node:crypto';
import { type Clock, toSeconds } from '../../clock.ts';
import { log } from '../../log.ts';
import { type Card, isCard } from '../../table/cards.ts';
import {
  claimSnapshot,
  type Manifest,
  publishManifest,
  releaseSnapshot,
  withdrawManifest,
  writeChunk,
} from '../../table/snapshots.ts';
import { type Position, reachOf, readChanges, START } from '../feed.ts';
import { FORMAT, pack } from './codec.ts';
import { digestOf, findSnapshot, readSnapshot, SnapshotDamaged } from './reader.ts';

/** Below this many changes a snapshot saves no time worth its writing: a reader takes them from the index. */
const MINIMUM = 5000;

/** Part of all cards that must have changed before a snapshot is written anew. */
const WORTHWHILE = 1 / 10;

const HOUR = 60 * 60_000;

/** Chunks live this long; nobody has to delete them, which would cost as much as to write them. */
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
  chunks?: number;
  bytes?: number;
  /** It was built from the index alone. */
  rebuilt?: boolean;
}

/**
 * Replaces the snapshot of the directory by one that has all changes so far, if that is worth while. Any number of
 * writers may try at once: one writes, and its snapshot comes into force as a whole or not at all. `minimum` is how
 * many changes are worth a snapshot. Once a day it is built from the index alone: so it loses whoever was deleted, and
 * gains whatever it had missed.
 */
export async function writeSnapshot(clock: Clock, minimum = MINIMUM): Promise<Written> {
  const now = clock();
  const found = await findSnapshot(now);
  const base = found && now - found.rebuilt_at < REBUILDING ? found : undefined;
  const changes = new Map<number, Card>();
  const { reach } = await readChanges(reachOf(base?.position ?? START), now, (cards) => {
    for (const card of cards.filter(isCard)) changes.set(card.id, later(card, changes.get(card.id)));
  });
  const position = reach.map(({ settled }) => settled);
  if (!isDue(found, base, changes.size, minimum)) return { outcome: 'not_due' };

  const writer = randomUUID();
  if (!(await claimSnapshot(writer, now, now + CLAIM))) return { outcome: 'claimed' };
  try {
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
  changes: Map<number, Card>,
  position: Position,
  now: number,
): Promise<Written> {
  const expires_at = toSeconds(now + LIFETIME);
  const digests: string[] = [];
  let cards = 0;
  let bytes = 0;
  for await (const chunk of pack(merge(base, changes))) {
    await writeChunk(writer, { chunk: digests.length, data: chunk.data }, expires_at);
    digests.push(digestOf(chunk.data));
    cards += chunk.cards;
    bytes += chunk.data.length;
  }
  const manifest = { snapshot: writer, format: FORMAT, digests, cards, position: [...position] };
  const rebuilt_at = base?.rebuilt_at ?? now;
  const times = { written_at: now, rebuilt_at, expires_at };
  const published = await publishManifest(writer, { ...manifest, ...times });
  const outcome = published ? 'written' : 'lost';
  return { outcome, cards, chunks: digests.length, bytes, rebuilt: base === undefined };
}

/** The cards of the old snapshot with their changes, then the new ones; never all in memory at once. */
async function* merge(base: Manifest | undefined, changes: Map<number, Card>): AsyncGenerator<Card[]> {
  for await (const cards of base ? readSnapshot(base) : []) {
    yield cards.map((card) => {
      const merged = later(card, changes.get(card.id));
      changes.delete(card.id);
      return merged;
    });
  }
  yield [...changes.values()].sort((a, b) => a.id - b.id);
}

const later = (card: Card, other: Card | undefined) =>
  other && other.updated_at >= card.updated_at ? other : card;
