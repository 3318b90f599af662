import { hash } from 'bcryptjs';
import { expect, test } from 'vitest';
import { userKey } from '../../../lib/table/keys.ts';
import { post } from '../../support/api.ts';
import { readItem, writeItem } from '../../support/table.ts';
import { newUser, uniqueName } from '../../support/users.ts';

// The cost of people's passwords: what is compared here is how long they take.
delete process.env.PASSWORD_COST;

/**
 * Pairs of logins, one right after the other, so that what else the machine does meets both. Twelve show a difference;
 * more are made only while they seem to, for on a busy machine some do.
 */
const [FEWEST_PAIRS, MOST_PAIRS] = [12, 80];

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

/** A user whose password was hashed at a cost. */
async function userWithHash(cost: number): Promise<string> {
  const { username, password } = await newUser();
  const item = await readItem(userKey(username));
  await writeItem({ ...item, password_hash: await hash(password, cost) });
  return username;
}

const isAlike = (ratio: number) => ratio > 0.8 && ratio < 1.25;

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test.each([
  ['a known name', 10],
  ['L1: a known name whose hash was made at a lower cost', 9],
])(
  'a login with %s and one with an unknown name cannot be told apart',
  {
    timeout: 180_000,
  },
  async (_, cost) => {
    // No name is tried often enough to be throttled.
    const names = await Promise.all(
      Array.from({ length: 4 }, async () => ({ known: await userWithHash(cost), unknown: uniqueName() })),
    );
    const ratios: number[] = [];
    const answers = new Set<string>();
    for (let n = 0; n < FEWEST_PAIRS || (n < MOST_PAIRS && !isAlike(median(ratios))); n++) {
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
    expect(median(ratios)).toSatisfy(isAlike);
  },
);

test('a password that somebody forgot and one that nobody has cannot be told apart', {
  timeout: 180_000,
}, async () => {
  const forget = async (email: string) => {
    const start = performance.now();
    const { status, headers, text } = await post('/password/forgot/', { email });
    const { 'x-request-id': _, ...same } = headers;
    return { duration: performance.now() - start, answer: JSON.stringify([status, same, text]) };
  };
  const known = await Promise.all(Array.from({ length: 4 }, async () => (await newUser()).email));
  await forget('warm@example.com');
  const ratios: number[] = [];
  const answers = new Set<string>();
  for (let n = 0; n < 5 * FEWEST_PAIRS || (n < 5 * MOST_PAIRS && !isAlike(median(ratios))); n++) {
    const addresses = [known[n % known.length] ?? '', `${uniqueName()}@example.com`];
    const [first, second] = [
      await forget(addresses[n % 2] ?? ''),
      await forget(addresses[1 - (n % 2)] ?? ''),
    ];
    const [ofKnown, ofUnknown] = n % 2 ? [second, first] : [first, second];
    ratios.push(ofKnown.duration / ofUnknown.duration);
    answers.add(first.answer).add(second.answer);
  }
  expect(answers.size).toBe(1);
  expect(median(ratios)).toSatisfy(isAlike);
});
