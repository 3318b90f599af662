import { once } from 'node:events';
import { DatabaseError, Pool, type PoolConfig } from 'pg';
import { deadline } from '../../deadline.ts';
import { log, nameOf } from '../../log.ts';
import { ApiError } from '../../problems.ts';

const SECOND = 1000;

/** How long a connection may take to make or to wait for, and a statement, in milliseconds. */
const CONNECTING = SECOND;
const LONGEST = 5 * SECOND;

/** How long the database itself goes on for somebody who is gone. */
const LONGEST_IDLE_TRANSACTION = 10 * SECOND;

/** Kept connections are closed after so long: whoever is frozen for longer finds them dead. */
const IDLE = 60 * SECOND;

/**
 * The classes of errors (SQLSTATE) that say nothing against the statement: connections, rights and passwords, tables that
 * the first pull has yet to make, conflicts, no resources, a database that closes.
 */
const PASSING = /^(08|28|3D|40|42501|42P01|53|55|57|58)/;

/** Errors of JavaScript that are defects of ours, whoever threw them. */
const DEFECTS = [TypeError, RangeError, ReferenceError];

type Row = Record<string, unknown>;

/** A statement of SQL with the values that it names `$1` and so on. */
export interface Statement {
  text: string;
  values?: unknown[];
}

/** Sends one statement and returns its rows. */
export type Ask = <R extends Row>(statement: Statement) => Promise<R[]>;

interface Options {
  /** How many connections there may be at once. */
  connections: number;
  /** How long a statement may take, in milliseconds. */
  longest?: number;
}

/** Why the database did not serve: its name, which is what is logged, has the SQLSTATE or the error of the system. */
class DatabaseFailure extends Error {
  constructor(error: Error & { code?: unknown }) {
    super('The database of the directory did not serve.', { cause: error });
    this.name = `PostgreSQL ${error.code ?? error.message}`;
  }
}

/**
 * A PostgreSQL database, over a few connections of this instance. Whatever keeps it from serving now is `unavailable`:
 * within seconds, and before the current request must be answered.
 */
export class Database {
  readonly #access: () => Promise<PoolConfig>;
  readonly #options: Options;
  #pool: Promise<Pool> | undefined;

  /** `access`: where it is, asked before the first connection, and again until it is told. */
  constructor(access: () => Promise<PoolConfig>, options: Options) {
    this.#access = access;
    this.#options = options;
  }

  /** The rows of a statement that only reads. One that a dead connection swallowed is sent again. */
  read<R extends Row>(statement: Statement): Promise<R[]> {
    return guarded(async () => {
      const pool = await this.#open();
      const ask = async () => (await pool.query<R>(statement)).rows;
      const start = performance.now();
      return ask().catch((error) => {
        const is_dead = !(error instanceof DatabaseError) && performance.now() - start < CONNECTING;
        return is_dead ? ask() : Promise.reject(error);
      });
    });
  }

  /** Does all that `work` asks for on one connection, in one transaction, or nothing of it. */
  transact<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return guarded(async () => {
      const client = await (await this.#open()).connect();
      // It is told by the statement that fails; unheard, the event would end the process.
      client.on('error', ignore);
      const ask: Ask = async <R extends Row>(statement: Statement) => (await client.query<R>(statement)).rows;
      try {
        await client.query('BEGIN');
        const result = await work(ask);
        await client.query('COMMIT');
        client.off('error', ignore).release();
        return result;
      } catch (error) {
        // In whatever state the connection is: its end undoes the transaction.
        client.release(true);
        throw error;
      }
    });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await (await this.#pool)?.end();
  }

  #open(): Promise<Pool> {
    this.#pool ??= this.#connect().catch((error) => {
      this.#pool = undefined;
      throw error;
    });
    return this.#pool;
  }

  async #connect(): Promise<Pool> {
    const { connections, longest = LONGEST } = this.#options;
    const pool = new Pool({
      ...(await this.#access()),
      max: connections,
      connectionTimeoutMillis: CONNECTING,
      query_timeout: longest + SECOND,
      statement_timeout: longest,
      idle_in_transaction_session_timeout: LONGEST_IDLE_TRANSACTION,
      idleTimeoutMillis: IDLE,
      keepAlive: true,
    });
    // A kept connection that breaks is replaced; unheard, its error would end the process.
    pool.on('error', (error) => log.warn('directory_connection_lost', { error_name: nameOf(error) }));
    return pool;
  }
}

const ignore = () => {};

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  const { abortSignal } = deadline();
  if (!abortSignal) return work().catch(translate);
  const done = new AbortController();
  try {
    abortSignal.throwIfAborted();
    const end = once(abortSignal, 'abort', { signal: done.signal }).then(() => abortSignal.throwIfAborted());
    end.catch(() => {});
    return (await Promise.race([work(), end])) as T;
  } catch (error) {
    return translate(error);
  } finally {
    done.abort();
  }
}

function translate(error: unknown): never {
  if (!(error instanceof Error) || error instanceof ApiError) throw error;
  if (DEFECTS.some((defect) => error instanceof defect)) throw error;
  if (error instanceof DatabaseError && !PASSING.test(error.code ?? '')) throw error;
  throw new ApiError('unavailable', { cause: new DatabaseFailure(error) });
}
