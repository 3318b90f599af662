import { expect, inject, test } from 'vitest';
import { seededRandom } from '../../../local/seed/random.ts';
import { findContradictions } from '../../support/audit.ts';
import { type Fault, startFaultProxy } from '../../support/faultProxy.ts';
import { simulateUsers } from '../../support/simulatedUsers.ts';

const REQUESTS = Number(process.env.LOAD_REQUESTS);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const proxy = await startFaultProxy(inject('database'));
process.env.DYNAMODB_ENDPOINT = proxy.endpoint;

/** In percent of all calls: 20 together. */
const SHARES: Partial<Record<Fault, number>> = {
  conflict: 6,
  error: 4,
  reset: 4,
  lost: 4,
  throttle: 1.5,
  hang: 0.5,
};

function drawFault(random: () => number): Fault | undefined {
  let drawn = random() * 100;
  for (const [fault, share] of Object.entries(SHARES) as [Fault, number][]) {
    drawn -= share;
    if (drawn < 0) return fault;
  }
  return undefined;
}

test(`answers nothing wrong and leaves nothing half done when a fifth of all calls fail, seed ${SEED}`, {
  timeout: 300_000,
}, async () => {
  const random = seededRandom(SEED);
  const faults = seededRandom(SEED + 1);
  proxy.fault = () => drawFault(faults);
  const report = await simulateUsers(16, REQUESTS, random);
  proxy.fault = () => undefined;

  const { statuses, wrong } = report;
  expect(wrong).toEqual([]);
  expect(statuses[500]).toBeUndefined();
  expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(REQUESTS);
  expect(await findContradictions()).toEqual([]);
});
