import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { log } from '../log.ts';
import { ApiError } from '../problems.ts';
import { type Card, readFeed } from '../table/cards.ts';
import { withdrawManifest } from '../table/snapshots.ts';
import { type Position, type ReadFeed, readChanges, START } from './feed.ts';
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

/** A replica and how far it has read the feed. */
interface State {
  replica: Replica;
  position: Position;
}

export interface DirectoryOptions {
  clock?: Clock;
  /** How many bytes the replica may take. */
  limit?: number;
  read_feed?: ReadFeed;
}

/**
 * The directory of one instance: a replica of all cards that is brought up to date for every request. The first
 * request loads it, from the snapshot in force and the changes since, else from the index.
 */
export class Directory {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #readFeed: ReadFeed;
  #state: State | undefined;
  #loading: Promise<State> | undefined;
  #outgrown = false;

  constructor({ clock = Date.now, limit = standardLimit, read_feed = readFeed }: DirectoryOptions = {}) {
    this.#clock = clock;
    this.#limit = limit;
    this.#readFeed = read_feed;
  }

  /**
   * What the query finds, with every change that was answered before this call. Costs the changes, not the users.
   * What arrives is taken in whole or not at all, and a replica that fails on the way is thrown away. Throws
   * `unavailable` from the moment on that the cards do not fit into this instance.
   */
  async find(query: DirectoryQuery): Promise<Batch> {
    return (await this.#current()).find(query);
  }

  async #current(): Promise<Replica> {
    if (this.#outgrown) throw new ApiError('unavailable', { cause: new ReplicaFull() });
    const loaded = this.#state ? undefined : await this.#load();
    return loaded ?? this.#refresh();
  }

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
    const state =
      (snapshot &&
        (await this.#fill(now, snapshot.position, readSnapshot(snapshot)).catch(leaveIfDamaged))) ??
      (await this.#fill(now, START));
    const { total, bytes } = state.replica;
    const duration_ms = Math.round(performance.now() - start);
    log.info('directory_loaded', { cards: total, bytes, from_snapshot: snapshot !== undefined, duration_ms });
    return state;

    async function leaveIfDamaged(error: unknown): Promise<undefined> {
      if (!snapshot || !(error instanceof SnapshotDamaged)) throw error;
      log.warn('snapshot_damaged', { damage: error.message });
      // If this fails too, the next reader meets the same damage and tries again: it costs time, nothing else.
      await withdrawManifest(snapshot.snapshot).catch(() => {});
    }
  }

  async #fill(now: number, from: Position, cards?: AsyncIterable<Card[]>): Promise<State> {
    const replica = new Replica(this.#limit);
    const add = (page: Card[]) => replica.add(page);
    const addAll = async () => {
      for await (const page of cards ?? []) add(page);
    };
    try {
      const [position] = await Promise.all([readChanges(from, now, add, this.#readFeed), addAll()]);
      replica.buildIndexes();
      return { replica, position };
    } catch (error) {
      this.#discard(replica, error);
      throw error instanceof ReplicaFull ? new ApiError('unavailable', { cause: error }) : error;
    }
  }

  async #refresh(): Promise<Replica> {
    const state = this.#state;
    if (!state) return this.#current();
    const changes: Card[] = [];
    const collect = (page: Card[]) => changes.push(...page);
    const position = await readChanges(state.position, this.#clock(), collect, this.#readFeed);
    // Another request may have thrown it away meanwhile.
    if (state !== this.#state) return this.#current();
    try {
      state.replica.apply(changes);
    } catch (error) {
      this.#discard(state.replica, error);
      throw error instanceof ReplicaFull ? new ApiError('unavailable', { cause: error }) : error;
    }
    state.position = state.position.map((since, shard) => Math.max(since, position[shard] ?? 0));
    return state.replica;
  }

  #discard(replica: Replica, error: unknown): void {
    if (error instanceof ReplicaFull) {
      this.#outgrown = true;
      log.error('directory_outgrown', { limit_bytes: this.#limit });
    }
    if (this.#state?.replica === replica) this.#state = undefined;
    replica.close();
  }
}
