import type { Clock } from '../../clock.ts';
import { readFeed } from '../../table/cards.ts';
import { type ReadFeed, reachOf, readChanges, SETTLED, START } from '../feed.ts';
import type { Database } from './database.ts';
import { IdSet } from './idSet.ts';
import { claimPull, deleteVanished, endClaim, prepare, readIds, storeChanges } from './store.ts';

const MINUTE = 60_000;

/** How long a pull reads; what is left is for the next one. */
const LONGEST = 9 * MINUTE;

/** Longer than a pull may take. */
const CLAIM = 11 * MINUTE;

/** All cards are compared with the index so long after that was done last. */
const COMPARING = 24 * 60 * MINUTE;

/** What a pull came to. `claimed`: another one is under way. `unfinished`: there was more than there was time for. */
export interface Pulled {
  outcome: 'pulled' | 'unfinished' | 'claimed';
  /** How many changes were new. */
  changes?: number;
  /** How many cards were in the index no longer, where all were compared with it. */
  vanished?: number;
}

interface Options {
  clock?: Clock;
  read_feed?: ReadFeed;
  /** How long it may take, in milliseconds. */
  longest?: number;
}

/** The time for a pull is over. */
class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * Brings the database up to date with the feed. Any number may try at once: one pulls. What was read is stored page by
 * page, each with how far the feed is read then, in one transaction: a pull may end anywhere, the next one goes on from
 * there, and what comes twice changes nothing. The first one makes the tables. Once a day all cards are compared with the
 * index, which heals what no change told of.
 */
export async function pull(
  database: Database,
  { clock = Date.now, read_feed = readFeed, longest = LONGEST }: Options = {},
): Promise<Pulled> {
  await prepare(database);
  const now = clock();
  const claim = await claimPull(database, { now, until: now + CLAIM, compared_before: now - COMPARING });
  if (!claim) return { outcome: 'claimed' };

  const pulled: Pulled = { outcome: 'pulled', changes: 0 };
  const read = limited(read_feed, longest);
  try {
    await pullSince(claim.position, pulled, { database, now, read });
    if (claim.is_due) await compare(pulled, { database, now, read });
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    pulled.outcome = 'unfinished';
  } finally {
    // One that cannot be ended now ends by itself.
    await endClaim(database).catch(() => {});
  }
  return pulled;
}

interface Work {
  database: Database;
  now: number;
  read: ReadFeed;
}

/** Stores what changed since that position. */
async function pullSince(
  position: readonly number[],
  pulled: Pulled,
  { database, now, read }: Work,
): Promise<void> {
  const storing: ReadFeed = async function* (shard, since, size) {
    for await (const page of read(shard, since, size)) {
      // What was changed so long ago is surely there, whatever the clocks say.
      const settled = Math.min(page.read_to ?? 0, now - SETTLED);
      pulled.changes = (pulled.changes ?? 0) + (await storeChanges(database, { ...page, shard, settled }));
      yield page;
    }
  };
  const { reach } = await readChanges(reachOf(position), now, () => {}, { read: storing });
  for (const [shard, { settled }] of reach.entries()) {
    await storeChanges(database, { changes: [], shard, settled });
  }
}

/** Stores what the index has and the database has not, and deletes what it has no longer. */
async function compare(pulled: Pulled, { database, now, read }: Work): Promise<void> {
  const before = now - SETTLED;
  const present = START.map(() => new IdSet());
  const comparing: ReadFeed = async function* (shard, since, size) {
    for await (const page of read(shard, since, size)) {
      for (const { id } of page.changes) present[shard]?.add(id);
      pulled.changes = (pulled.changes ?? 0) + (await storeChanges(database, { ...page, shard, settled: 0 }));
      yield page;
    }
  };
  await readChanges(reachOf(START), now, () => {}, { read: comparing });
  pulled.vanished = 0;
  for (const [shard, ids] of present.entries()) {
    for await (const stored of readIds(database, shard, before)) {
      const vanished = stored.filter((id) => !ids.has(id));
      pulled.vanished += await deleteVanished(database, { shard, ids: vanished, before });
    }
  }
}

/** Reads the feed for so many milliseconds at most. */
function limited(read: ReadFeed, longest: number): ReadFeed {
  const start = performance.now();
  return async function* (shard, since, size) {
    for await (const page of read(shard, since, size)) {
      if (performance.now() - start > longest) throw new OutOfTime();
      yield page;
    }
  };
}
