import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { log } from '../log.ts';
import { type Card, type Change, isCard, readFeed } from '../table/cards.ts';
import { type Manifest, withdrawManifest } from '../table/snapshots.ts';
import { type Reach, type ReadFeed, reachOf, readChanges, START } from './feed.ts';
import type { DirectoryQuery } from './query.ts';
import { type Batch, Replica, ReplicaFull } from './replica/replica.ts';
import { findSnapshot, readSnapshot, SnapshotDamaged } from './snapshot/reader.ts';

/**
 * The part of the function's memory that the replica may take. The rest is for Node itself, for what is under way
 * while loading, and for the lists that were found lately.
 */
const REPLICA_SHARE = 0.6;

const MB = 1024 * 1024;
const standardLimit = config.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * MB * REPLICA_SHARE;

/**
 * The read units that the changes may cost one request: so many, and one more for each second since the last one, so
 * that an instance that was idle catches up at once while a crowd cannot make every request dear. At the most some 2 MB,
 * which take a second of processor time if all of them are maximal and new.
 */
const EACH = 12;
const A_SECOND = 1;
const MOST = 256;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How often an instance looks whether the directory was built anew, on average; each at another time. */
const LOOK = HOUR;

/** Where there is no snapshot that is built anew, an instance itself reads the index anew that often. */
const RELOAD = 24 * HOUR;

/** How often it is told that an instance is behind. */
const REPORT = MINUTE;

/** A replica and how far it has read the feed. Times in milliseconds. */
interface State {
  replica: Replica;
  reach: Reach[];
  /** When the feed was read last. */
  read_at: number;
  /** When what it was loaded from was read whole from the index: of deletions after that it knows nothing. */
  whole_at: number;
  /** When to look for something newer to load from. */
  look_at: number;
}

export interface DirectoryOptions {
  clock?: Clock;
  random?: () => number;
  /** How many bytes the replica may take. */
  limit?: number;
  read_feed?: ReadFeed;
}

/**
 * The directory of one instance: a replica of all cards that is brought up to date for every request. The first
 * request loads it, from the snapshot in force and the changes since, else from the index; once the snapshot was built
 * anew, a later one does so again.
 */
export class Directory {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #limit: number;
  readonly #readFeed: ReadFeed;
  #state: State | undefined;
  #loading: Promise<State> | undefined;
  #looking: Promise<void> | undefined;
  #turn = 0;
  #given_up = '';
  #reported_at = Number.NEGATIVE_INFINITY;

  constructor({
    clock = Date.now,
    random = Math.random,
    limit = standardLimit,
    read_feed = readFeed,
  }: DirectoryOptions = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#limit = limit;
    this.#readFeed = read_feed;
  }

  /**
   * What the query finds, with every change that was answered before this call; where a crowd changes more than one
   * request may read, with most of them. Costs the changes, not the users. What arrives is taken in whole or not at
   * all, and a replica that fails on the way is thrown away. Cards that do not fit into this instance cost it speed
   * first, and are left out in the end.
   */
  async find(query: DirectoryQuery): Promise<Batch> {
    for (;;) {
      const replica = await this.#current();
      // Another request may have replaced it in the last moment.
      if (replica.isOpen) return replica.find(query);
    }
  }

  async #current(): Promise<Replica> {
    await this.#renew();
    const loaded = this.#state ? undefined : await this.#load();
    return loaded ?? this.#refresh();
  }

  /** Lets go of a replica that can be loaded better: there is no room for two. Once for all who ask meanwhile. */
  async #renew(): Promise<void> {
    const now = this.#clock();
    const state = this.#state;
    if (!state || now < state.look_at) return;
    this.#looking ??= this.#look(state, now).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #look(state: State, now: number): Promise<void> {
    const snapshot = await findSnapshot(now);
    state.look_at = this.#nextLook(now);
    const is_due = snapshot ? snapshot.rebuilt_at > state.whole_at : now - state.whole_at >= RELOAD;
    if (is_due) this.#discard(state.replica);
  }

  readonly #nextLook = (now: number) => now + LOOK * (0.5 + this.#random());

  /** Loads once for all who wait; `undefined` to those who came after it began, since it may lack the latest. */
  async #load(): Promise<Replica | undefined> {
    const joined = this.#loading !== undefined;
    this.#loading ??= this.#loadState().finally(() => {
      this.#loading = undefined;
    });
    const state = await this.#loading;
    this.#state ??= state;
    return joined ? undefined : state.replica;
  }

  async #loadState(): Promise<State> {
    const start = performance.now();
    const now = this.#clock();
    const snapshot = await findSnapshot(now);
    const loaded =
      (snapshot && (await this.#fill(now, snapshot).catch(leaveIfDamaged))) ?? (await this.#fill(now));
    const { total, bytes } = loaded.state.replica;
    const duration_ms = Math.round(performance.now() - start);
    log.info('directory_loaded', {
      ...{ cards: total, damaged: loaded.damaged, bytes, from_snapshot: snapshot !== undefined, duration_ms },
    });
    this.#reportOutgrown(loaded.state.replica);
    return loaded.state;

    async function leaveIfDamaged(error: unknown): Promise<undefined> {
      if (!snapshot || !(error instanceof SnapshotDamaged)) throw error;
      log.warn('snapshot_damaged', { damage: error.message });
      // If this fails too, the next reader meets the same damage and tries again: it costs time, nothing else.
      await withdrawManifest(snapshot.snapshot).catch(() => {});
    }
  }

  /** A replica of what the snapshot and the changes since say, else of what the index says. */
  async #fill(
    now: number,
    snapshot?: Manifest,
    is_bare = this.#given_up !== '',
  ): Promise<{ state: State; damaged: number }> {
    const replica = new Replica(this.#limit, { is_bare });
    const add = (page: Change[]) => replica.add(page.filter(isCard));
    const addAll = async () => {
      for await (const page of snapshot ? readSnapshot(snapshot) : []) add(page);
    };
    const from = reachOf(snapshot?.position ?? START);
    try {
      const [{ reach, damaged }] = await Promise.all([
        readChanges(from, now, add, { read: this.#readFeed }),
        addAll(),
      ]);
      replica.buildIndexes();
      const whole_at = snapshot?.rebuilt_at ?? now;
      return { state: { replica, reach, read_at: now, whole_at, look_at: this.#nextLook(now) }, damaged };
    } catch (error) {
      replica.close();
      if (is_bare || !(error instanceof ReplicaFull)) throw error;
      return this.#fill(now, snapshot, true);
    }
  }

  async #refresh(): Promise<Replica> {
    const state = this.#state;
    if (!state) return this.#current();
    const changes: Card[] = [];
    const now = this.#clock();
    const { reach, is_behind } = await readChanges(
      state.reach,
      now,
      (page) => changes.push(...page.filter(isCard)),
      {
        read: this.#readFeed,
        read_units: allowance(now - state.read_at),
        turn: this.#turn++,
      },
    );
    // Another request may have thrown it away meanwhile.
    if (state !== this.#state) return this.#current();
    try {
      state.replica.apply(changes);
    } catch (error) {
      this.#discard(state.replica);
      throw error;
    }
    state.reach = state.reach.map((before, shard) => further(before, reach[shard]));
    state.read_at = Math.max(state.read_at, now);
    this.#reportOutgrown(state.replica);
    if (is_behind) this.#reportBehind(now, changes.length, state.reach);
    return state.replica;
  }

  #discard(replica: Replica): void {
    if (this.#state?.replica === replica) this.#state = undefined;
    replica.close();
  }

  /** Once for each thing that was given up. */
  #reportOutgrown({ given_up, total, bytes }: Replica): void {
    if (given_up.join() === this.#given_up) return;
    this.#given_up = given_up.join();
    log.error('directory_outgrown', { given_up, cards: total, bytes, limit_bytes: this.#limit });
  }

  #reportBehind(now: number, cards: number, reach: readonly Reach[]): void {
    if (now - this.#reported_at < REPORT) return;
    this.#reported_at = now;
    const behind_ms = now - Math.min(...reach.map(({ head }) => head));
    log.warn('directory_behind', { cards, behind_ms });
  }
}

const allowance = (pause: number) => Math.min(MOST, EACH + (A_SECOND * Math.max(0, pause)) / SECOND);

/** Of two requests that read at once, the one that came further counts. */
const further = (before: Reach, { settled, head, weight }: Reach = before): Reach => ({
  settled: Math.max(before.settled, settled),
  head: Math.max(before.head, head),
  weight,
});
