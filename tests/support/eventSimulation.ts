import { readFile, writeFile } from 'node:fs/promises';
import { expect, inject } from 'vitest';
import type { StreamBatch, StreamRecord } from '../../lib/table/changes.ts';
import { applyActivity } from '../../lib/table/countedEvents.ts';
import { deleteFollow, insertFollow } from '../../lib/table/follows.ts';
import { userKey } from '../../lib/table/keys.ts';
import { updateUser, updateUserExactly } from '../../lib/table/profileChanges.ts';
import { type Credential, readUser, replacePasswordHash, type User } from '../../lib/table/users.ts';
import { shuffled } from '../../local/seed/random.ts';
import { tableProperties } from '../../local/serverless.ts';
import type { Subscriber } from '../../local/service/stream/feeder.ts';
import { follow } from '../../local/service/stream/poller.ts';
import { Positions } from '../../local/service/stream/positions.ts';
import { createTable } from '../../local/service/table.ts';
import { get } from './api.ts';
import type { TestBus } from './eventBus.ts';
import { findSecrets } from './secrets.ts';
import { readItem } from './table.ts';
import { type Knowledge, replay, subjectOf, told, withoutRepeats } from './tellings.ts';
import { newUser, type TestUser, uniqueName } from './users.ts';

/** What happened to the function that tells of the changes, and how often. */
export interface Troubles {
  killed_before: number;
  killed_after: number;
  regrouped: number;
  refused: number;
  out_of_time: number;
  restarted: number;
  restarted_from_an_old_position: number;
}

interface Actor {
  user: TestUser;
  /** What is stored of the user; the password's hash aside. */
  stored: User;
  follows: Map<number, string>;
  /** Every event that this actor is the subject of, in order. */
  truth: object[];
}

/**
 * Lets users do `operations` random things at the same time, while the function that tells of them is killed,
 * restarted, fed twice and fed the users' changes in another order; then holds every event on the bus against what was
 * done, and against what the API shows. Returns what the function had to bear.
 */
export async function simulateEvents(
  operations: number,
  bus: TestBus,
  random: () => number,
): Promise<Troubles> {
  const troubles = {
    ...{ killed_before: 0, killed_after: 0, regrouped: 0, refused: 0 },
    ...{ out_of_time: 0, restarted: 0, restarted_from_an_old_position: 0 },
  };
  const { handler } = await import('../../functions/jobs/publishEvents.ts');
  const chance = (probability: number, trouble: keyof Troubles) => {
    const happens = random() < probability;
    if (happens) troubles[trouble]++;
    return happens;
  };
  bus.refuse = () => (chance(0.03, 'refused') ? 'ThrottlingException' : undefined);

  const publishEvents: Subscriber = {
    name: 'publishEvents',
    batchSize: 100,
    async invoke({ Records }) {
      const records = Records as StreamRecord[];
      if (chance(0.1, 'killed_before')) throw new Error('Killed.');
      const batches = chance(0.5, 'regrouped') ? byUser(records, random) : [records];
      const failed = new Set<string>();
      for (const batch of batches) {
        const time_left = chance(0.2, 'out_of_time') ? 1000 + Math.floor(6 * random()) : 30_000;
        const answer = await handler(asSent({ Records: batch }), {
          getRemainingTimeInMillis: () => time_left,
        });
        for (const { itemIdentifier } of answer?.batchItemFailures ?? []) failed.add(itemIdentifier);
      }
      if (chance(0.1, 'killed_after')) throw new Error('Killed.');
      const first = records.find(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
      return { batchItemFailures: first ? [{ itemIdentifier: first.dynamodb.SequenceNumber }] : [] };
    },
  };

  const rounds = Math.max(10, Math.floor(operations / 200));
  const file = `${bus.folder}/positions.json`;
  const [endpoint, table] = [inject('database'), process.env.TABLE_NAME as string];
  // Other tests need no stream; this gives the table one.
  await createTable(endpoint, table, tableProperties);
  const start = async () =>
    follow(publishEvents, {
      endpoint,
      table,
      positions: await Positions.read(file),
      warn: (sentence) => {
        throw new Error(sentence);
      },
      interval: 5,
    });
  let old = '{}';
  await writeFile(file, old);
  let stop = await start();
  /** What is fed twice may hide what was left out, so in the second half nothing is. */
  const restart = async (round: number) => {
    await stop();
    const noted = await readFile(file, 'utf8');
    if (round < rounds / 2 && chance(0.5, 'restarted_from_an_old_position')) await writeFile(file, old);
    troubles.restarted++;
    old = noted;
    stop = await start();
  };

  const actors = await Promise.all(Array.from({ length: 12 }, register));
  for (let round = 0; round < rounds; round++) {
    let left = Math.ceil(operations / rounds);
    const everybody = actors.map(async (actor) => {
      while (left-- > 0) await actOnce(actor, actors, random);
    });
    await Promise.all([...everybody, restart(round)]);
  }

  const truth = actors.flatMap((actor) => actor.truth);
  const unique = () => withoutRepeats(bus.events);
  await expect.poll(() => unique().length, { timeout: 120_000, interval: 100 }).toBe(truth.length);
  await stop();

  const events = unique();
  for (const actor of actors) {
    const own = events.filter((event) => subjectOf(event) === actor.user.username.toLowerCase());
    expect(own.map(told)).toEqual(actor.truth);
  }
  expect(events).toHaveLength(truth.length);
  expect(findSecrets(JSON.stringify(bus.events))).toEqual([]);
  await expectToShow(replay(bus.events), actors);
  return troubles;
}

/** The same records, each user's in their order in a batch of their own, the users in any order. */
function byUser(records: readonly StreamRecord[], random: () => number): StreamRecord[][] {
  const users = new Map<unknown, StreamRecord[]>();
  for (const record of records) {
    const { PK } = record.dynamodb.Keys;
    users.set(PK?.S, [...(users.get(PK?.S) ?? []), record]);
  }
  return shuffled(random, [...users.values()]);
}

/** As it is after it went over a wire. */
const asSent = (batch: StreamBatch): StreamBatch => JSON.parse(JSON.stringify(batch));

async function register(): Promise<Actor> {
  const user = await newUser({ username: uniqueName('Actor') });
  const stored = await readUser(user.username);
  if (!stored) throw new Error('The user is not there.');
  const { id, username } = user;
  return { user, stored, follows: new Map(), truth: [{ type: 'UserRegistered', user: { id, username } }] };
}

type Act = (actor: Actor, other: Actor, random: () => number) => Promise<void>;

async function actOnce(actor: Actor, others: readonly Actor[], random: () => number): Promise<void> {
  const other = others[Math.floor(random() * others.length)] ?? actor;
  const act = ACTS[Math.floor(random() * ACTS.length)] ?? followOther;
  await act(actor, other, random);
}

const names = ({ user }: Actor) => ({ id: user.id, username: user.username.toLowerCase() });

const followOther: Act = async (actor, other) => {
  const { id, username } = other.user;
  if (other === actor) return;
  const edge = { id: ++follow_id, following: id, following_username: username, created_at: Date.now() };
  const outcome = await insertFollow(actor.user, edge);
  expect(outcome).toBe(actor.follows.has(id) ? 'unchanged' : 'done');
  actor.follows.set(id, username);
  if (outcome === 'done') {
    actor.truth.push({ type: 'UserFollowed', follower: names(actor), followed: names(other) });
  }
};

const unfollowOther: Act = async (actor, other) => {
  if (other === actor) return;
  const outcome = await deleteFollow(actor.user, other.user.username);
  expect(outcome).toBe(actor.follows.delete(other.user.id) ? 'done' : 'unchanged');
  if (outcome === 'done') {
    actor.truth.push({ type: 'UserUnfollowed', follower: names(actor), followed: names(other) });
  }
};

const changeProfile: Act = async (actor, _, random) => {
  const pick = <T>(values: T[]) => values[Math.floor(random() * values.length)] as T;
  const changes = {
    ...(random() < 0.5 && { first_name: pick(['', 'Ann', 'Ben']) }),
    ...(random() < 0.5 && { bio: pick(['', 'password123', 'b@example.com']) }),
    ...(random() < 0.5 && { avatar: pick([null, 'https://example.com/a']) }),
    ...(random() < 0.3 && { email: `${uniqueName()}@example.com` }),
  };
  const { email, ...others } = changes;
  const before = actor.stored;
  const update = await (email === undefined
    ? updateUser(before, others, Date.now)
    : updateUserExactly(before, { ...others, email }, Date.now));
  if (update.outcome !== 'updated') throw new Error(update.outcome);
  actor.stored = update.user;
  const { id, username } = before;
  const changed = (['first_name', 'last_name', 'bio', 'avatar'] as const).filter(
    (field) => actor.stored[field] !== before[field],
  );
  if (changed.length > 0) actor.truth.push({ type: 'ProfileUpdated', user: { id, username }, changed });
  if (email !== undefined) actor.truth.push({ type: 'EmailChanged', user: { id, username } });
};

/** Writes that nobody is told of. */
const makeNoise: Act = async ({ user }, _, random) => {
  await applyActivity(
    { event_id: uniqueName(), username: user.username, count: 'posts_count', difference: 1 },
    Math.floor(Date.now() / 1000) + 60,
  );
  const item = await readItem(userKey(user.username));
  await replacePasswordHash(item as Credential, `$2b$10$${random()}`);
};

let follow_id = 0;

const ACTS: Act[] = [
  followOther,
  followOther,
  followOther,
  unfollowOther,
  unfollowOther,
  changeProfile,
  makeNoise,
];

/** Compares with the profiles and the lists of the API. */
async function expectToShow({ users, follows }: Knowledge, actors: readonly Actor[]): Promise<void> {
  const shown = { users: new Map<number, string>(), follows: new Set<string>() };
  for (const { user } of actors) {
    const { body: profile } = await get(`/${user.username}/`);
    shown.users.set(profile.id, profile.username);
    const { body: list } = await get('/following/', { token: user.access });
    for (const edge of list.results) shown.follows.add(`${user.id} ${edge.following}`);
  }
  expect({ users, follows }).toEqual(shown);
}
