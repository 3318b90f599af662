import * as v from 'valibot';
import { insertBlock } from '../../lib/table/blocks.ts';
import { type Follow, readFollowed } from '../../lib/table/follows.ts';
import { userKey } from '../../lib/table/keys.ts';
import { getItems } from '../../lib/table/read.ts';
import { leaseIds } from '../../lib/table/sequences.ts';
import { CredentialItem } from '../../lib/table/userItem.ts';
import { parseUser, USER_ATTRIBUTES, type User } from '../../lib/table/users.ts';
import { transact } from '../../lib/table/write.ts';
import { AT_ONCE, edgesWrites, slices, USERS_A_TRANSACTION, usersWrites } from '../bulk.ts';
import { inParallel } from '../pool.ts';
import { blockedBy, friends, type Person, person } from './people.ts';
import type { Progress } from './progress.ts';
import { below, seededRandom } from './random.ts';

/** Far from the seeds of the people themselves, or names and ages would go together. */
const AGE_SEEDS = 1e9;
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** How large a population is to be, and how many others each of its people follows. */
export interface Population {
  users: number;
  follows: number;
  /** The hash of the one password that all of them have. */
  password_hash: string;
  /** The time of writing, in milliseconds since 1970. */
  now: number;
  /** Nobody has changed since registering: a directory that is already warm does not learn of such people. */
  settled?: boolean;
}

/**
 * Registers the people with numbers 1 to `users`, as registration would, with ids from the sequence. Those who exist
 * already stay as they are. Returns all of them by number.
 */
export async function writePeople(population: Population, progress: Progress): Promise<Map<number, User>> {
  const people = new Map<number, User>();
  const numbers = Array.from({ length: population.users }, (_, n) => n + 1);
  await inParallel(slices(numbers, USERS_A_TRANSACTION), AT_ONCE, async (slice) => {
    const wanted = new Map(slice.map((number) => [number, person(number)]));
    const keys = [...wanted.values()].map(({ username }) => userKey(username));
    const found = (await getItems(keys, { attributes: USER_ATTRIBUTES })).map(parseUser);
    const known = new Map(found.map((user) => [user.username, user]));
    const missing = [...wanted].filter(([, { username }]) => !known.has(username));
    for (const user of await writeMissing(missing, population)) known.set(user.username, user);
    for (const [number, { username }] of wanted) {
      const user = known.get(username);
      if (user) people.set(number, user);
    }
    progress.advance(slice.length);
  });
  return people;
}

async function writeMissing(
  missing: [number, Person][],
  { password_hash, now, settled }: Population,
): Promise<User[]> {
  if (missing.length === 0) return [];
  const first_id = await leaseIds('user', missing.length);
  const users = missing.map(([number, entry], position) => {
    const created_at = now - below(seededRandom(number + AGE_SEEDS), 2 * YEAR);
    const updated_at = settled ? created_at : now;
    return v.parse(CredentialItem, {
      ...{ id: first_id + position, ...entry, password_hash, created_at, updated_at },
    });
  });
  const { done } = await transact(usersWrites(users.map((user) => [user])));
  if (!done) throw new Error('Somebody else has a name, an address or an id of these people.');
  return users;
}

/**
 * Lets each of the people follow others, and counts that on both sides. Edges that exist already stay as they are, and
 * those of one follower are written with their counts, all or none: a run that was cut short can be repeated. Returns
 * how many edges are new.
 */
export async function writeFollows(
  people: ReadonlyMap<number, User>,
  { follows, now }: Population,
  progress: Progress,
): Promise<number> {
  let written = 0;
  await inParallel([...people], AT_ONCE, async ([number, follower]) => {
    const chosen = friends(number, { size: people.size, follows }).flatMap(
      (friend) => people.get(friend) ?? [],
    );
    const there = await readFollowed(
      follower,
      chosen.map(({ username }) => username),
    );
    const missing = chosen.filter(({ username }) => !there.has(username.toLowerCase()));
    if (missing.length > 0) await writeEdges(follower, missing, now);
    written += missing.length;
    progress.advance();
  });
  return written;
}

/** Lets one person in ten block another, as the service would. Blocks that exist already stay. Returns how many are new. */
export async function writeBlocks(people: ReadonlyMap<number, User>, { now }: Population): Promise<number> {
  const pairs = [...people].flatMap(([number, blocker]) => {
    const blocked = people.get(blockedBy(number) ?? 0);
    return blocked ? [{ blocker, blocked }] : [];
  });
  if (pairs.length === 0) return 0;
  const first_id = await leaseIds('block', pairs.length);
  const numbered = pairs.map((pair, position) => ({ ...pair, id: first_id + position }));
  const outcomes = await inParallel(numbered, AT_ONCE, ({ id, blocker, blocked }) =>
    insertBlock(blocker, { id, blocked: blocked.id, blocked_username: blocked.username, created_at: now }),
  );
  return outcomes.filter((outcome) => outcome === 'done').length;
}

async function writeEdges(follower: User, followed: readonly User[], now: number): Promise<void> {
  const first_id = await leaseIds('follow', followed.length);
  const edges = followed.map((user, position): Follow => {
    const id = first_id + position;
    const earliest = Math.max(follower.created_at, user.created_at);
    const created_at = earliest + below(seededRandom(id), now - earliest);
    return { id, following: user.id, following_username: user.username, created_at };
  });
  const { done } = await transact(edgesWrites(follower, edges));
  if (!done) throw new Error(`The account of ${follower.username} is gone, or follows some of them by now.`);
}
