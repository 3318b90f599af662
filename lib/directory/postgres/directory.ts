import type { Clock } from '../../clock.ts';
import { log, nameOf } from '../../log.ts';
import { counting } from '../../metrics.ts';
import { ApiError } from '../../problems.ts';
import { type ReadFeed, SETTLED, START } from '../feed.ts';
import type { Batch } from '../find.ts';
import { Follower } from '../follower.ts';
import type { DirectoryQuery } from '../query.ts';
import { listed } from '../rows.ts';
import { PostgresBase } from './base.ts';
import type { Database } from './database.ts';
import { inOrder, Overlay } from './overlay.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * Changes are kept for longer than the database lacks them, so that a replica of it which lags behind serves too, in
 * milliseconds.
 */
const KEPT = MINUTE;

/** An instance that slept so long begins anew: of what no change tells, only the database knows. */
const SLEPT = 60 * MINUTE;

/** How many changes an instance keeps at most; that many more than the database are known as fast as they are few. */
const MOST_CHANGES = 200_000;

/** When it is told that nothing was pulled for long, and how often: where nothing changes, a position is {@link SETTLED} old. */
const OLD = SETTLED + 10 * MINUTE;
const REPORT = MINUTE;

/** How often a query is asked again when the database has meanwhile gone back. */
const TRIES = 3;

interface State {
  overlay: Overlay;
  follower: Follower;
  /** When it was brought up to date last (ms). */
  asked_at: number;
}

interface Options {
  clock?: Clock;
  read_feed?: ReadFeed;
}

/**
 * The directory in PostgreSQL, as one instance sees it: what the database has, which is behind by what was not pulled yet,
 * with the latest changes over it. It rests on nothing but that each answer of the database names its position: however far
 * that is behind, and even where it went back, what is missing is read from the feed.
 */
export class PostgresDirectory {
  readonly #base: PostgresBase;
  readonly #clock: Clock;
  readonly #readFeed: ReadFeed | undefined;
  #state: State | undefined;
  #loading: Promise<State> | undefined;
  #reported_at = Number.NEGATIVE_INFINITY;

  constructor(database: Database, { clock = Date.now, read_feed }: Options = {}) {
    this.#base = new PostgresBase(database);
    this.#clock = clock;
    this.#readFeed = read_feed;
  }

  /**
   * What the query finds, with every change that was answered before this call; where a crowd changes more than one
   * request may read, with most of them. Leaves out `except`, ids that may become known while the changes are read. Throws
   * `unavailable` when the database does not serve, or is too far behind.
   */
  async find(query: DirectoryQuery, except?: Promise<readonly number[]>): Promise<Batch> {
    for (let tries = 0; tries < TRIES; tries++) {
      const [state, left_out = []] = await Promise.all([this.#current(), except]);
      const batch = await this.#findIn(state, query, left_out);
      if (batch) return batch;
    }
    throw new ApiError('unavailable', { cause: new Error('The database goes back again and again.') });
  }

  /** Connects, and takes in what the database lacks, before the first request; that tries again what fails. */
  async loadAhead(): Promise<void> {
    await this.#current().catch((error) => log.warn('directory_not_loaded', { error_name: nameOf(error) }));
  }

  /** `undefined` when the database has gone back to before the changes that are known. */
  async #findIn(
    state: State,
    query: DirectoryQuery,
    left_out: readonly number[],
  ): Promise<Batch | undefined> {
    const { batch_number, batch_size } = query;
    const latest = state.overlay.find(query, new Set(left_out));
    const start = batch_number * batch_size;
    // Before a place there may be any number of the changed: of the others, all that can then stand there.
    const low = Math.max(0, start - latest.rows.length);
    const found = await this.#base.find(query, [...latest.ids, ...left_out], {
      low,
      size: start + batch_size - low,
    });
    if (found.position < latest.since) {
      if (this.#state === state) this.#state = undefined;
      return undefined;
    }
    state.overlay.forget(found.position - KEPT);
    this.#reportOld(found.position);
    const rows = latest.rows.length === 0 ? found.rows : inOrder([...found.rows, ...latest.rows], query);
    return {
      total: found.total + latest.rows.length,
      cards: rows.slice(start - low, start - low + batch_size).map(listed),
    };
  }

  async #current(): Promise<State> {
    const known = this.#state;
    if (known && this.#clock() - known.asked_at < SLEPT) return this.#refresh(known);
    this.#state = undefined;
    const joined = this.#loading !== undefined;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    const state = await this.#loading;
    this.#state ??= state;
    // What somebody else began to load may lack the latest.
    return joined ? this.#refresh(state) : state;
  }

  async #load(): Promise<State> {
    const position = await this.#base.position();
    const everywhere = START.map(() => position);
    const follower = new Follower(everywhere, this.#readFeed);
    const state = { overlay: new Overlay(position), follower, asked_at: this.#clock() };
    if (await this.#takeIn(state)) return state;
    throw this.#tooFarBehind(state);
  }

  async #refresh(state: State): Promise<State> {
    await this.#takeIn(state);
    if (state.overlay.size <= MOST_CHANGES) return state;
    if (this.#state === state) this.#state = undefined;
    throw this.#tooFarBehind(state);
  }

  /** Whether all changes are taken in. */
  async #takeIn(state: State): Promise<boolean> {
    const now = this.#clock();
    const { changes, is_behind } = await state.follower.read(now);
    state.overlay.apply(changes);
    state.asked_at = now;
    return !is_behind;
  }

  #tooFarBehind({ overlay }: State): ApiError {
    log.error('directory_outgrown', {
      ...{ given_up: ['lists'], cards: overlay.size },
      ...counting('OutgrownDirectories'),
    });
    return new ApiError('unavailable', {
      cause: new Error('The database lacks more than an instance can hold.'),
    });
  }

  #reportOld(position: number): void {
    const now = this.#clock();
    const behind_ms = now - position;
    if (behind_ms < OLD || now - this.#reported_at < REPORT) return;
    this.#reported_at = now;
    log.warn('directory_behind', { cards: 0, behind_ms, ...counting('DirectoriesBehind') });
  }
}
