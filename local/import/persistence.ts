import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../lib/problems.ts';

/** About ten minutes of waiting in all: longer than a table on demand takes to grow. */
const TRIES = 40;
const LONGEST_PAUSE = 30_000;

/**
 * Repeats work of minutes while the database cannot serve it, where a request would give up: it was asked for too
 * much, most of the time. The work must bear being carried out twice.
 */
export async function persistent<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const passes = error instanceof ApiError && error.code === 'unavailable';
      if (!passes || tries === TRIES) throw error;
      await sleep(Math.min(LONGEST_PAUSE, 250 * 2 ** Math.min(tries, 7)) * Math.random());
    }
  }
}
