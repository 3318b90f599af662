import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { deadline, withDeadline, within } from '../../lib/deadline.ts';

/** Whether what runs now is given up before long. */
const isGivenUp = async () => {
  const { abortSignal } = deadline();
  await sleep(200);
  return abortSignal?.aborted ?? false;
};

test('work within a time is given up when that is over, its surroundings are not', async () => {
  const [inner, outer] = await withDeadline(60_000, async () => [
    await within(20, isGivenUp),
    await isGivenUp(),
  ]);
  expect([inner, outer]).toEqual([true, false]);
});

test('work within a time is given up with the request that it belongs to', async () => {
  expect(await withDeadline(1020, () => within(60_000, isGivenUp))).toBe(true);
});

test('work within a time has that time outside of a request too', async () => {
  expect(await within(20, isGivenUp)).toBe(true);
  expect(await within(60_000, isGivenUp)).toBe(false);
});
