import { expect, test } from 'vitest';
import { metered } from '../../../lib/meter.ts';
import { takeFromQuota } from '../../../lib/table/quotas.ts';
import { uniqueName } from '../../support/users.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3600;
const LIMITS = [
  { times: 5, within: HOUR },
  { times: 8, within: 24 * HOUR },
];

const take = (name: string, seconds: number) => takeFromQuota('TEST', name, LIMITS, START + seconds * 1000);

test('answers how long it takes until there is something to take again', async () => {
  const name = uniqueName();
  for (let n = 0; n < 5; n++) expect(await take(name, n)).toBeUndefined();
  expect(await take(name, 10)).toBe(HOUR - 10);
  for (let n = 0; n < 3; n++) expect(await take(name, HOUR + n)).toBeUndefined();
  expect(await take(name, HOUR + 10)).toBe(23 * HOUR - 10);
  expect(await take(name, 24 * HOUR)).toBeUndefined();
});

test.each([0, 2 * HOUR])('is exact under any number at once, %i s after a first window', async (later) => {
  const name = uniqueName();
  if (later) await take(name, 0);
  const answers = await Promise.all(Array.from({ length: 40 }, () => take(name, later)));
  expect(answers.filter((wait) => wait === undefined)).toHaveLength(5);
});

test('costs a write unit, two when a window begins, and nothing without limits', async () => {
  const name = uniqueName();
  const unlimited = [{ times: Number.POSITIVE_INFINITY, within: HOUR }];
  const costs = [LIMITS, LIMITS, unlimited].map(
    (limits) => () =>
      metered(async (consumed) => {
        await takeFromQuota('TEST', name, limits, START);
        return consumed.write_units;
      }),
  );
  const units = [];
  for (const measure of costs) units.push(await measure());
  expect(units).toEqual([expect.toSatisfy((first: number) => first <= 2), 1, 0]);
});
