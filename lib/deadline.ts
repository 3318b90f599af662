import { AsyncLocalStorage } from 'node:async_hooks';

/** Milliseconds before a function's time is up at which it stops waiting: enough to answer that it could not. */
const MARGIN = 1000;

const deadlines = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs `work` on behalf of a request whose function has `time_left` milliseconds. Calls of other services that are
 * under way shortly before the end are given up, so that the client gets an answer rather than a time-out.
 */
export function withDeadline<T>(time_left: number, work: () => Promise<T>): Promise<T> {
  return deadlines.run(AbortSignal.timeout(Math.max(0, time_left - MARGIN)), work);
}

/**
 * How long a write may go on after the moment that it is stamped with, in milliseconds. What reads changes by their
 * stamps looks back further than that, so that none arrives behind its back.
 */
export const LONGEST_WRITE = 9000;

/**
 * The longest that a request may run, in milliseconds: no function that answers one has more time. What a request began
 * before is over by then, whatever it has read.
 */
export const LONGEST_REQUEST = 28_000;

/** Runs `work` with at most so many milliseconds of what the current request has left. */
export function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const outer = deadlines.getStore();
  const inner = AbortSignal.timeout(milliseconds);
  return deadlines.run(outer ? AbortSignal.any([outer, inner]) : inner, work);
}

/** What aborts when the current request must be answered; for calls of other services. Never, outside a request. */
export function deadline(): { abortSignal?: AbortSignal } {
  const abortSignal = deadlines.getStore();
  return abortSignal ? { abortSignal } : {};
}
