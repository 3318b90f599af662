import { readAccounts } from '../../lib/table/accounts.ts';
import { type Follow, readFollowed } from '../../lib/table/follows.ts';
import type { Caller } from '../../lib/table/items.ts';
import { transact } from '../../lib/table/write.ts';
import { AT_ONCE, EDGES_A_TRANSACTION, edgesWrites, slices } from '../bulk.ts';
import { inParallel } from '../pool.ts';
import type { Progress } from '../seed/progress.ts';
import type { Edge, Edges } from './edges.ts';
import { persistent } from './persistence.ts';
import type { Report } from './report.ts';
import type { Faults } from './rows.ts';

/** Followers whose accounts are read together. */
const FOLLOWERS_AT_ONCE = 100;

/** So often an account may change while its edges are written. */
const TRIES = 10;

/** What the edges of a file are written with. */
interface Import {
  file: string;
  /** Who there is, by id. */
  names: ReadonlyMap<number, string>;
  report: Report;
  progress: Progress;
}

/**
 * Writes edges with the ids that they have, with the counts on both sides, all of a follower's or, of many, so many at a
 * time; those that are there already stay as they are. Whom nobody knows is reported.
 */
export async function importFollows(edges: Edges, work: Import): Promise<void> {
  let waiting: Edge[][] = [];
  for (const own of edges.byFollower()) {
    if (waiting.push(own) === FOLLOWERS_AT_ONCE) {
      await writeAll(waiting, work);
      waiting = [];
    }
  }
  await writeAll(waiting, work);
}

async function writeAll(followers: readonly Edge[][], work: Import): Promise<void> {
  const names = followers.flatMap(([edge]) => (edge && work.names.get(edge.follower)) ?? []);
  const accounts = await persistent(() => readAccounts(names, { consistent: true }));
  await inParallel(followers, AT_ONCE, async (own) => {
    const id = own[0]?.follower ?? 0;
    const username = work.names.get(id);
    const account = username === undefined ? undefined : accounts.get(username.toLowerCase());
    const known = account?.id === id && username !== undefined;
    const follower = known ? { id, username, epoch: account.epoch } : undefined;
    for (const slice of slices(sensible(own, follower, work), EDGES_A_TRANSACTION)) {
      if (follower) await writeMissing(follower, slice, work);
    }
    work.progress.advance(own.length);
  });
}

/** The edges that can be written, with the names of those who are followed. */
function sensible(own: readonly Edge[], follower: Caller | undefined, work: Import): Follow[] {
  const { file, names, report } = work;
  const followed = new Set<number>();
  return own.flatMap(({ id, following, created_at, line, ...edge }) => {
    const following_username = names.get(following);
    const faults: Faults = {
      ...(!follower && { follower: ['There is no such user.'] }),
      ...(following_username === undefined && { following: ['There is no such user.'] }),
      ...(following === edge.follower && { following: ['Nobody follows themselves.'] }),
      ...(followed.has(following) && { following: ['Another row says the same.'] }),
    };
    followed.add(following);
    if (following_username !== undefined && Object.keys(faults).length === 0) {
      return [{ id, following, following_username, created_at }];
    }
    report.refuse(file, line, id, faults);
    return [];
  });
}

/** Writes those of a follower's edges that are not there, however often others are quicker. */
async function writeMissing(
  follower: Caller,
  edges: readonly Follow[],
  { file, report }: Import,
): Promise<void> {
  const tally = report.of(file);
  const names = edges.map(({ following_username }) => following_username);
  let caller = follower;
  for (let tries = 1; tries <= TRIES; tries++) {
    const reader = { username: caller.username, following_count: edges.length };
    const there = await persistent(() => readFollowed(reader, names));
    const missing = edges.filter(({ following_username }) => !there.has(following_username.toLowerCase()));
    const { done } =
      missing.length === 0 ? { done: true } : await persistent(() => transact(edgesWrites(caller, missing)));
    if (done) {
      tally.found += edges.length - missing.length;
      tally.written += missing.length;
      return;
    }
    const account = (await persistent(() => readAccounts([caller.username], { consistent: true }))).get(
      caller.username.toLowerCase(),
    );
    caller = { ...caller, epoch: account?.epoch ?? 0 };
  }
  throw new Error(`The account ${follower.id} changes all the time.`);
}
