/** Lets the service grow, and measures what changes with the number of users, up to the largest: `growth LARGEST`. */
import { follow } from '../../lib/social/follows.ts';
import { inParallel } from '../../local/pool.ts';
import { writePeople } from '../../local/seed/population.ts';
import { startProgress } from '../../local/seed/progress.ts';
import type { Request } from '../../tests/support/gateway.ts';
import { answer } from '../harness/child.ts';
import { invokeNew } from '../harness/instances.ts';
import { milliseconds, number, type Row, type Section, table } from '../harness/report.ts';
import { anonymous, signInAll } from '../harness/requests.ts';
import { median } from '../harness/statistics.ts';

/** Whom everybody follows, and the others. */
interface People {
  popular: User;
  others: User[];
}

type User = { id: number; username: string };

const SIZES = [1_000, 10_000, 100_000];
const SAMPLES = 100;
/** So many follow at the end only, all at once. */
const LATE = 500;
const IN_FLIGHT = 100;
const WRITERS = 4;

const largest = Number(process.argv[2]);
const now = Date.now();
const rows: Row[] = [];
const last: Section[] = [];
let followers = 0;
for (const size of SIZES.filter((size) => size <= largest)) {
  const people = await writeUsers(size);
  const following = people.others.slice(followers, -LATE);
  await followAll(people.popular, following);
  followers += following.length;
  rows.push(...(await measureSize(people)));
  if (size * 10 > largest) last.push(await measureFollowsAtOnce(people));
}
const scale: Section = {
  title: 'Scale',
  note:
    `At each size everybody but ${LATE} follows one user, whose profile, followers and follows these are. Cold: the ` +
    'first answer of a new instance, in which the list loads the directory. Units are those of a warm instance.',
  body: table(['users', 'endpoint', 'cold ms', 'p50 ms', 'read units', 'write units'], rows),
};
answer([scale, ...last]);

/** Registers people until there are as many as that; the order of those before stays. */
async function writeUsers(size: number): Promise<People> {
  const progress = startProgress('People', size);
  const people = await writePeople(
    { users: size, follows: 0, password_hash: '', now, settled: true },
    progress,
  );
  progress.finish();
  const [popular, ...others] = [...people].sort(([a], [b]) => a - b).map(([, user]) => user);
  if (!popular) throw new Error('There is nobody.');
  return { popular, others };
}

async function followAll(popular: User, users: readonly User[]): Promise<void> {
  const progress = startProgress('Follows', users.length);
  await inParallel(users, WRITERS, async (user) => {
    await follow({ ...user, epoch: 0 }, popular.id, Date.now);
    progress.advance();
  });
  progress.finish();
}

async function measureSize({ popular, others }: People): Promise<Row[]> {
  const size = others.length + 1;
  const late = await signInAll(others.slice(-SAMPLES - 1));
  const [reader] = late;
  const profile = `/${popular.username}/`;
  const again = (path: string) => late.flatMap(() => reader?.request('GET', path) ?? []);
  const measurements: [title: string, name: string, requests: Request[]][] = [
    ['list', 'listUsers', again('/')],
    ['list, last batch', 'listUsers', again(`/?batch_number=${size / 10 - 1}`)],
    ['list, search', 'listUsers', again('/?search=nurse+vienna')],
    ['profile', 'getUser', again(profile)],
    ['followers', 'listFollowers', again(`${profile}followers/?batch_size=10`)],
    [
      'follow',
      'followUser',
      late.map(({ request }) => request('POST', '/follow/', { following: popular.id })),
    ],
  ];
  const rows: Row[] = [];
  for (const [title, name, requests] of measurements) {
    const [cold, ...warm] = (await invokeNew(name, requests)).samples;
    rows.push([
      number(size),
      title,
      milliseconds(cold?.total ?? 0),
      milliseconds(median(warm.map(({ total }) => total))),
      median(warm.map(({ read_units }) => read_units)),
      median(warm.map(({ write_units }) => write_units)),
    ]);
  }
  await invokeNew(
    'unfollowUser',
    late.map(({ request }) => request('DELETE', `${profile}unfollow/`)),
  );
  return rows;
}

/** All who are late follow the popular user, as fast as one instance takes it. */
async function measureFollowsAtOnce({ popular, others }: People): Promise<Section> {
  const late = await signInAll(others.slice(-LATE));
  const requests = late.map(({ request }) => request('POST', '/follow/', { following: popular.id }));
  const before = await countFollowers(popular);
  const { samples, elapsed } = await invokeNew('followUser', requests, { at_once: IN_FLIGHT });
  const counted = (await countFollowers(popular)) - before;
  if (counted !== late.length) throw new Error(`${late.length} follows were counted as ${counted}.`);
  const times = samples.map(({ total }) => total);
  return {
    title: 'Many follows of one user',
    note: `${IN_FLIGHT} at a time to one cold instance; every one must succeed and count.`,
    body: table(
      ['follows', 'succeeded', 'counted', 'ms in all', 'p50 ms', 'slowest ms'],
      [
        [
          ...[late.length, samples.length, counted],
          ...[elapsed, median(times), Math.max(...times)].map(milliseconds),
        ],
      ],
    ),
  };
}

async function countFollowers({ username }: User): Promise<number> {
  const { samples } = await invokeNew('getUser', [anonymous('GET', `/${username}/`)]);
  return JSON.parse(samples[0]?.body ?? '').followers_count;
}
