import { expect, test } from 'vitest';
import { inParallel } from '../../local/pool.ts';
import { seededRandom } from '../../local/seed/random.ts';
import { get } from '../support/api.ts';
import { maximalProfile } from '../support/directoryCrowd.ts';
import { captureLogs } from '../support/output.ts';
import { follow, newUser, uniqueName } from '../support/users.ts';

/** As many rows as a page may have, each of a user whose every text is at its longest. */
const ROWS = 100;

/** What one request of somebody without a token may cost: docs/security.md has the parts. */
const MOST_UNITS = 115;
const MOST_UNITS_OF_A_LIST = 356;
const MOST_BYTES = 300_000;

const random = seededRandom(3);
const long = (prefix: string) => uniqueName(prefix).padEnd(150, 'x');
const profiles = Array.from({ length: ROWS }, (_, n) => ({
  username: long(`c${n}`),
  ...maximalProfile(random),
}));
const crowd = await inParallel(profiles, 10, newUser);
const center = await newUser({ username: long('center'), ...maximalProfile(random) });
for (const one of crowd) {
  await follow(one, center);
  await follow(center, one);
}

const requests: [string, string][] = [
  ['a profile', `/${center.username}/`],
  ['followers', `/${center.username}/followers/?batch_size=100`],
  ['following', `/${center.username}/following/?batch_size=100`],
  ['a list', '/?batch_size=100&ordering=-last_name'],
  [
    'a search of ten letters',
    '/?batch_size=100&search=e%20a%20i%20o%20n%20r%20x%20t%20l%20d&ordering=-last_name',
  ],
  ['a search of names', '/?batch_size=100&search=xxxx&ordering=-username'],
  ['availability', `/availability/?username=${center.username}`],
];

test.each(requests)('%s of the dearest users cost a bounded number of units and bytes', async (_, path) => {
  expect((await get(path)).status).toBe(200);
  let bytes = 0;
  const { lines } = await captureLogs(async () => {
    bytes = Buffer.byteLength((await get(path)).text);
  });
  const [{ read_units, write_units } = { read_units: Number.NaN, write_units: Number.NaN }] = lines.filter(
    (line) => 'trips' in line,
  ) as unknown as { read_units: number; write_units: number }[];
  expect(read_units).toBeLessThanOrEqual(path.startsWith('/?') ? MOST_UNITS_OF_A_LIST : MOST_UNITS);
  expect(write_units).toBe(0);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
