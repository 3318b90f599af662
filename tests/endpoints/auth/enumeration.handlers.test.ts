import { expect, test } from 'vitest';
import { post } from '../../support/api.ts';
import { newUser, uniqueName } from '../../support/users.ts';

/** Pairs of logins, one right after the other, so that what else the machine does meets both. */
const PAIRS = 50;

let addresses = 0;

/** One wrong login from an address of its own; how long it took, and what was answered but for the request's id. */
async function tryLogin(username: string) {
  const source_ip = `10.0.${addresses >> 8}.${addresses++ & 255}`;
  const start = performance.now();
  const { status, headers, text } = await post(
    '/login/',
    { username, password: 'wrong-password' },
    { source_ip },
  );
  const { 'x-request-id': _, ...same } = headers;
  return { duration: performance.now() - start, answer: JSON.stringify([status, same, text]) };
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test('a login with a known and one with an unknown name cannot be told apart', {
  timeout: 180_000,
}, async () => {
  // No name is tried often enough to be throttled.
  const names = await Promise.all(
    Array.from({ length: 4 }, async () => ({ known: (await newUser()).username, unknown: uniqueName() })),
  );
  const ratios: number[] = [];
  const answers = new Set<string>();
  for (let n = 0; n < PAIRS; n++) {
    const { known = '', unknown = '' } = names[n % names.length] ?? {};
    const [first, second] = [
      await tryLogin(n % 2 ? known : unknown),
      await tryLogin(n % 2 ? unknown : known),
    ];
    const [ofKnown, ofUnknown] = n % 2 ? [first, second] : [second, first];
    ratios.push(ofKnown.duration / ofUnknown.duration);
    answers.add(first.answer).add(second.answer);
  }
  expect(answers.size).toBe(1);
  expect(median(ratios)).toBeGreaterThan(0.8);
  expect(median(ratios)).toBeLessThan(1.25);
});
