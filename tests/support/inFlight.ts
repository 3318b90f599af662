import { door } from './api.ts';

/** How many requests tests keep in flight: all at once into the handlers, 40 over HTTP. */
const IN_FLIGHT = door === 'http' ? 40 : Number.POSITIVE_INFINITY;

/** Runs all jobs, as many at a time as the door takes, and returns their results in the order of the jobs. */
export async function inFlight<T>(jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = jobs.entries();
  async function work() {
    for (const [n, job] of queue) results[n] = await job();
  }
  await Promise.all(Array.from({ length: Math.min(jobs.length, IN_FLIGHT) }, work));
  return results;
}
