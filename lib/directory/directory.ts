import type { Clock } from '../clock.ts';
import { log, nameOf } from '../log.ts';
import { counting } from '../metrics.ts';
import { type Change, readFeed } from '../table/cards.ts';
import { type Reach, type ReadFeed, readChanges } from './feed.ts';
import { type Batch, findBatch } from './find.ts';
import { allowance, further } from './follower.ts';
import { isOutgrown, type Limits, reportSize, standardLimits } from './limits.ts';
import { type Loaded, load } from './loading.ts';
import type { DirectoryQuery } from './query.ts';
import { findSnapshot } from './snapshot/reader.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How often an instance looks whether there is something better to load from, on average; each at another time. */
const LOOK = HOUR;

/** With so many changes beside it, the base is worth replacing: the instance looks more often, and takes what is newer. */
const MANY = 5000;
const LOOK_SOON = 5 * MINUTE;

/** Where there is no snapshot that is built anew, an instance itself reads the index anew that often. */
const RELOAD = 24 * HOUR;

/** How often it is told that an instance is behind. */
const REPORT = MINUTE;

/** What was loaded, and what has become of it since. Times in milliseconds. */
interface State extends Loaded {
  /** When the feed was read last. */
  read_at: number;
  /** When to look for something newer to load from. */
  look_at: number;
  /** How many requests are being answered from it. */
  users: number;
  /** It is to go with the last of them. */
  is_left: boolean;
}

export interface DirectoryOptions {
  clock?: Clock;
  random?: () => number;
  limits?: Limits;
  read_feed?: ReadFeed;
}

/**
 * The directory of one instance: all cards as the snapshot in force has them, and what has changed since, which is
 * brought up to date for every request. The first request loads it; once there is a snapshot that is worth it, a later
 * one does so again.
 */
export class Directory {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #limits: Limits;
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
    limits = standardLimits,
    read_feed = readFeed,
  }: DirectoryOptions = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
    this.#readFeed = read_feed;
  }

  /**
   * What the query finds, without the users of `except`, ids that may become known while the changes are read, with every change that was answered before this call; where
   * a crowd changes more than one request may read, with most of them. Costs the changes, not the users. What arrives
   * is taken in whole or not at all. Cards that do not fit into this instance cost it speed first, and are left out in
   * the end.
   */
  async find(query: DirectoryQuery, except?: Promise<readonly number[]>): Promise<Batch> {
    for (;;) {
      const [state, left_out = []] = await Promise.all([this.#current(), except]);
      // Another request may have let go of it in the last moment.
      if (state === this.#state) return this.#findIn(state, query, left_out);
    }
  }

  /** Loads ahead of the first request, which loads in its place where that fails. */
  async loadAhead(): Promise<void> {
    await this.#load().catch((error) => log.warn('directory_not_loaded', { error_name: nameOf(error) }));
  }

  async #findIn(state: State, query: DirectoryQuery, except: readonly number[]): Promise<Batch> {
    state.users++;
    try {
      return await findBatch(state.base, state.overlay, query, except);
    } finally {
      state.users--;
      closeIfLeft(state);
    }
  }

  async #current(): Promise<State> {
    await this.#renew();
    const loaded = this.#state ? undefined : await this.#load();
    return loaded ?? this.#refresh();
  }

  /** Lets go of what can be loaded better: there is no room for two. Once for all who ask meanwhile. */
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
    if (snapshot) {
      const is_worth_it = isLarge(state) && snapshot.written_at > state.written_at;
      if (snapshot.rebuilt_at > state.whole_at || is_worth_it) this.#leave(state);
    } else if (now - state.whole_at >= RELOAD) this.#leave(state);
  }

  readonly #nextLook = (now: number, after = LOOK) => now + after * (0.5 + this.#random());

  /** Loads once for all who wait; `undefined` to those who came after it began, since it may lack the latest. */
  async #load(): Promise<State | undefined> {
    const joined = this.#loading !== undefined;
    this.#loading ??= this.#loadState().finally(() => {
      this.#loading = undefined;
    });
    const state = await this.#loading;
    this.#state ??= state;
    return joined ? undefined : state;
  }

  async #loadState(): Promise<State> {
    const now = this.#clock();
    const loaded = await load({ now, limits: this.#limits, read: this.#readFeed });
    const state = { ...loaded, read_at: now, look_at: this.#nextLook(now), users: 0, is_left: false };
    this.#reportOutgrown(state);
    return state;
  }

  async #refresh(): Promise<State> {
    const state = this.#state;
    if (!state) return this.#current();
    const changes: Change[] = [];
    const now = this.#clock();
    const { reach, is_behind } = await readChanges(state.reach, now, (some) => changes.push(...some), {
      read: this.#readFeed,
      read_units: allowance(now - state.read_at),
      turn: this.#turn++,
    });
    // Another request may have let go of it meanwhile.
    if (state !== this.#state) return this.#current();
    const was_large = isLarge(state);
    state.overlay.apply(changes);
    state.reach = state.reach.map((before, shard) => further(before, reach[shard]));
    state.read_at = Math.max(state.read_at, now);
    if (isLarge(state) && !was_large) state.look_at = Math.min(state.look_at, this.#nextLook(now, LOOK_SOON));
    this.#reportOutgrown(state);
    if (is_behind) this.#reportBehind(now, changes.length, state.reach);
    return state;
  }

  #leave(state: State): void {
    if (this.#state === state) this.#state = undefined;
    state.is_left = true;
    closeIfLeft(state);
  }

  /** Once for each thing that was given up. */
  #reportOutgrown({ base, overlay }: State): void {
    const given_up = [...base.given_up, ...(overlay.isFull ? ['changes'] : [])];
    const size = { given_up, cards: overlay.total, bytes: base.bytes, limit_bytes: this.#limits.file };
    const now = isOutgrown(size) ? `${given_up} ` : '';
    if (now !== this.#given_up) reportSize(size);
    this.#given_up = now;
  }

  #reportBehind(now: number, cards: number, reach: readonly Reach[]): void {
    if (now - this.#reported_at < REPORT) return;
    this.#reported_at = now;
    const behind_ms = now - Math.min(...reach.map(({ head }) => head));
    log.warn('directory_behind', { cards, behind_ms, ...counting('DirectoriesBehind') });
  }
}

const isLarge = ({ overlay }: State) => overlay.size >= MANY;

/** Requests that were under way go on with what they have. */
function closeIfLeft({ base, users, is_left }: State): void {
  if (is_left && users === 0) base.close();
}
