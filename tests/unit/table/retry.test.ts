import { expect, test } from 'vitest';
import { retrying } from '../../../lib/table/retry.ts';

test('tries again until an attempt has a value', async () => {
  let attempts = 0;
  const value = await retrying(
    async () => (++attempts < 3 ? { again: new Error('conflict') } : { value: 'done' }),
    () => 0,
  );
  expect([value, attempts]).toEqual(['done', 3]);
});

test('gives up after 8 attempts as unavailable, which keeps the last reason', async () => {
  let attempts = 0;
  const failing = retrying(
    async () => ({ again: `conflict ${++attempts}` }),
    () => 0,
  );
  await expect(failing).rejects.toMatchObject({ code: 'unavailable', cause: 'conflict 8', retry_after: 1 });
});

test('does not try again what throws', async () => {
  let attempts = 0;
  const failing = retrying(async () => {
    attempts++;
    throw new Error('a defect');
  });
  await expect(failing).rejects.toThrow('a defect');
  expect(attempts).toBe(1);
});
