import { issueTokenPair } from '../lib/auth/tokens.ts';
import { BASE_PATH } from '../lib/http/routes.ts';
import { readUserWithCounts, type User } from '../lib/table/users.ts';
import { writePeople } from '../local/seed/population.ts';
import type { Progress } from '../local/seed/progress.ts';
import type { Request } from '../tests/support/gateway.ts';
import { writeFans } from './fans.ts';
import type { Fleet } from './instances.ts';
import { median, milliseconds, type Section, table } from './report.ts';

const SIZES = [1_000, 10_000, 100_000];
const SAMPLES = 100;
const STORM = 500;
const IN_FLIGHT = 100;

const sizesTo = (largest: number) => SIZES.filter((size) => size <= largest);

/** Steps of the progress bar: people at each size, and fans. */
export const scaleSteps = (largest: number) =>
  sizesTo(largest).reduce((sum, size) => sum + size, 0) + largest - 1 - STORM;

/** Lets the service grow, and measures at each size what lists, profiles, followers and follows cost. */
export async function measureScale(fleet: Fleet, largest: number, progress: Progress): Promise<Section[]> {
  const rows: (string | number)[][] = [];
  const now = Date.now();
  let fans = 0;
  let storm: Section[] = [];
  for (const size of sizesTo(largest)) {
    const people = await writePeople(
      { users: size, follows: 0, password_hash: '', now, settled: true },
      progress,
    );
    const [star, ...others] = [...people.values()].sort((a, b) => a.id - b.id);
    if (!star) throw new Error('There is nobody.');
    const followers = others.slice(fans, -STORM);
    await writeFans(star, followers, progress);
    fans += followers.length;
    const rest = others.slice(-STORM);
    rows.push(...(await measureSize(fleet, size, star, rest)));
    if (size === largest) storm = [await measureStorm(fleet, star, rest)];
  }
  return [
    {
      title: 'Scale',
      note:
        `At each size everybody but ${STORM} follows one user, whose profile, followers and follows these are. Cold: ` +
        'the first answer of a new instance, in which the list loads the directory. Units are those of a warm instance.',
      body: table(['users', 'endpoint', 'cold ms', 'p50 ms', 'read units', 'write units'], rows),
    },
    ...storm,
  ];
}

const as = (access: string, method: string, path: string, body?: object): Request => ({
  method,
  path: `${BASE_PATH}${path}`,
  headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' },
  ...(body && { body: JSON.stringify(body) }),
});

async function measureSize(fleet: Fleet, size: number, star: User, others: readonly User[]) {
  const [reader, ...followers] = others;
  if (!reader) throw new Error('There is nobody to read.');
  const { access } = await issueTokenPair(reader, Date.now());
  const asReader = (path: string) => () => as(access, 'GET', path);
  const follows = await Promise.all(
    followers.slice(0, SAMPLES + 1).map(async (follower) => {
      const { access } = await issueTokenPair(follower, Date.now());
      return [access, as(access, 'POST', '/follow/', { following: star.id })] as const;
    }),
  );
  const measurements: [title: string, name: string, request: (n: number) => Request | undefined][] = [
    ['list', 'listUsers', asReader('/')],
    ['list, last batch', 'listUsers', asReader(`/?batch_number=${size / 10 - 1}`)],
    ['list, search', 'listUsers', asReader('/?search=nurse+vienna')],
    ['profile', 'getUser', asReader(`/${star.username}/`)],
    ['followers', 'listFollowers', asReader(`/${star.username}/followers/?batch_size=10`)],
    ['follow', 'followUser', (n) => follows[n]?.[1]],
  ];
  const rows: (string | number)[][] = [];
  for (const [title, name, request] of measurements) {
    const instance = fleet.start(name);
    const requests = Array.from({ length: SAMPLES + 1 }, (_, n) => request(n)).filter(
      (each) => each !== undefined,
    );
    const { samples } = await instance.invoke(requests);
    await instance.stop();
    const [cold, ...warm] = samples;
    const last = warm.at(-1);
    rows.push([
      size.toLocaleString('en'),
      title,
      milliseconds(cold?.total ?? 0),
      milliseconds(median(warm.map(({ total }) => total))),
      median(warm.map(({ read_units }) => read_units)),
      last ? median(warm.map(({ write_units }) => write_units)) : 0,
    ]);
  }
  const unfollowing = fleet.start('unfollowUser');
  await unfollowing.invoke(follows.map(([access]) => as(access, 'DELETE', `/${star.username}/unfollow/`)));
  await unfollowing.stop();
  return rows;
}

/** Everybody of `followers` follows one user, as fast as one instance takes it. */
async function measureStorm(fleet: Fleet, star: User, followers: readonly User[]): Promise<Section> {
  const requests = await Promise.all(
    followers.map(async (follower) => {
      const { access } = await issueTokenPair(follower, Date.now());
      return as(access, 'POST', '/follow/', { following: star.id });
    }),
  );
  const before = await countFollowers(star);
  const instance = fleet.start('followUser');
  const start = performance.now();
  const { samples } = await instance.invoke(requests, { at_once: IN_FLIGHT });
  const elapsed = performance.now() - start;
  await instance.stop();
  const counted = (await countFollowers(star)) - before;
  if (counted !== followers.length)
    throw new Error(`${followers.length} follows were counted as ${counted}.`);
  return {
    title: 'A storm of follows',
    note: `Follows of one user, ${IN_FLIGHT} at a time to one cold instance; every one must succeed and count.`,
    body: table(
      ['follows', 'succeeded', 'counted', 'ms in all', 'p50 ms', 'slowest ms'],
      [
        [
          followers.length,
          samples.length,
          counted,
          milliseconds(elapsed),
          milliseconds(median(samples.map(({ total }) => total))),
          milliseconds(Math.max(...samples.map(({ total }) => total))),
        ],
      ],
    ),
  };
}

const countFollowers = async ({ username }: User) =>
  (await readUserWithCounts(username, { consistent: true }))?.counts.followers_count ?? 0;
