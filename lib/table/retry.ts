import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../problems.ts';

const ATTEMPTS = 8;
const FIRST_CEILING = 25;
const LAST_CEILING = 800;

/** What one attempt came to: a value, or the reason to try again; `at_once` where that is sure to be worth it. */
export type Attempt<T> = { value: T } | { again: unknown; at_once?: boolean };

/**
 * Repeats `attempt` while it asks for another try, waiting a random part of a doubling ceiling in between ("full
 * jitter", so that requests that collided once do not collide again): 8 attempts, about 1.3 seconds of waiting on
 * average, 2.7 at most. Then throws `unavailable`.
 */
export async function retrying<T>(attempt: () => Promise<Attempt<T>>, random = Math.random): Promise<T> {
  let ceiling = FIRST_CEILING;
  for (let tries = 1; ; tries++) {
    const outcome = await attempt();
    if ('value' in outcome) return outcome.value;
    if (tries === ATTEMPTS) throw new ApiError('unavailable', { cause: outcome.again });
    if (outcome.at_once) continue;
    await sleep(random() * ceiling);
    ceiling = Math.min(ceiling * 2, LAST_CEILING);
  }
}
