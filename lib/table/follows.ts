import * as v from 'valibot';
import { parseAccount } from './accounts.ts';
import { countFollower, countFollowing, moveCounts } from './counters.ts';
import { type Caller, type Identity, isCallers, parseItem, parseItems } from './items.ts';
import {
  accountKey,
  blockedByKey,
  blockKey,
  followerIn,
  followerStripeKey,
  followersPartition,
  followersPosition,
  followIndexKey,
  followKey,
  followsOf,
  followTimeIn,
  ownerIn,
} from './keys.ts';
import { cutPage, type Page, type PageRequest } from './pages.ts';
import { type Limit, UNLIMITED } from './quotas.ts';
import { getItems, projection, queryAll, queryPage, startingWith } from './read.ts';
import { type Attempt, retrying } from './retry.ts';
import type { Key, RawItem } from './send.ts';
import { countInWindow, type Parts, type Window } from './windows.ts';
import { IS_NEW, IS_THERE, type Transacted, transact, type Write } from './write.ts';

export const FollowItem = v.pipe(
  v.object({
    id: v.number(),
    /** Id of the user who is followed. */
    following: v.number(),
    following_username: v.string(),
    GSI1SK: v.string(),
  }),
  v.transform(({ GSI1SK, ...edge }) => ({ ...edge, created_at: followTimeIn(GSI1SK) })),
);

/** Whom a user follows, and since when (ms); who follows is known where it is read. */
export type Follow = v.InferOutput<typeof FollowItem>;

const FOLLOW_ATTRIBUTES = Object.keys(FollowItem.entries);

/** How writing or deleting an edge ended; `account_gone`: the account takes the caller's token no longer. */
export type EdgeOutcome = 'done' | 'unchanged' | 'account_gone';

/** How a follow ended; `blocked`: one of the two blocks the other; `throttled` after too many, for so many seconds. */
export type FollowOutcome = EdgeOutcome | 'blocked' | { throttled: number };

/**
 * The write of an edge, on condition that it is new. The follower's name and the time are in its keys alone: a hundred
 * edges of one user are read together. The follower's id is for those who are told of the edge.
 */
export const newEdge = (follower: Identity, { created_at, ...edge }: Follow) => ({
  Put: {
    Item: {
      ...followKey(follower.username, edge.following_username),
      ...followIndexKey(follower.username, edge.following_username, created_at),
      ...edge,
      follower: follower.id,
    },
    ConditionExpression: IS_NEW,
  },
});

/** Where the follower's account counts its follows. */
const RECENT: Window = { count: 'recent_follows', end: 'recent_follows_end' };

/** The account takes part in no block; a block is written with a change of these counts. */
const NO_BLOCKS: Parts = {
  set: [],
  conditions: ['blocking_count', 'blocked_by_count'].map(
    (count) => `(attribute_not_exists(${count}) OR ${count} = :none)`,
  ),
  values: { ':none': 0 },
};

/** That neither of the two blocks the other: both items are the follower's own. */
const noBlockBetween = (follower: string, followed: string): Record<string, Write> => ({
  blocks: { ConditionCheck: { Key: blockKey(follower, followed), ConditionExpression: IS_NEW } },
  blocked_by: { ConditionCheck: { Key: blockedByKey(follower, followed), ConditionExpression: IS_NEW } },
});

/**
 * Writes an edge and moves both counts with it, all or nothing, `also` what goes along; `unchanged` when the edge was
 * there before. Counted against `limit`. The first try takes it that the account takes part in no block and that its day
 * of follows runs; where one of them is not so, the account that refuses the write says how it is, and one more try
 * follows.
 */
export function insertFollow(
  follower: Caller,
  follow: Follow,
  { limit = UNLIMITED, also }: { limit?: Limit; also?: Record<string, Write> | undefined } = {},
): Promise<FollowOutcome> {
  const { username } = follower;
  const { following_username, created_at } = follow;
  let found: RawItem | undefined;
  return retrying(async (): Promise<Attempt<FollowOutcome>> => {
    const counted = countInWindow(RECENT, found, created_at, limit, 'runs');
    if ('seconds' in counted) return { value: { throttled: counted.seconds } };
    const account = found && parseAccount(found);
    const is_free = !account || account.blocking_count + account.blocked_by_count === 0;
    const transacted = await transact<string>({
      edge: newEdge(follower, follow),
      account: countFollowing(follower, 1, counted, ...(is_free ? [NO_BLOCKS] : [])),
      followed: countFollower(username, following_username, 1),
      ...(!is_free && noBlockBetween(username, following_username)),
      ...also,
    });
    if (transacted.done) return { value: 'done' };
    const { refused } = transacted;
    if (refused.has('edge')) return { value: 'unchanged' };
    if (refused.has('blocks') || refused.has('blocked_by')) return { value: 'blocked' };
    const at_once = found === undefined;
    found = refused.get('account');
    const owner = found && parseAccount(found);
    if (owner?.id !== follower.id || owner.epoch !== follower.epoch) return { value: 'account_gone' };
    return { again: new Error('The account changed in between.'), at_once };
  });
}

/** Deletes an edge and moves both counts with it, all or nothing; `unchanged` when there was none. */
export async function deleteFollow(follower: Caller, followed: string): Promise<EdgeOutcome> {
  const Key = followKey(follower.username, followed);
  const writes = {
    edge: { Delete: { Key, ConditionExpression: IS_THERE } },
    account: countFollowing(follower, -1),
    followed: countFollower(follower.username, followed, -1),
  };
  return outcomeOf(await transact(writes));
}

/** The same, for the one who is followed. */
export async function deleteFollower(followed: Caller, follower: string): Promise<EdgeOutcome> {
  const { condition, values } = isCallers(followed);
  const { username } = followed;
  const writes: Record<string, Write> = {
    edge: { Delete: { Key: followKey(follower, username), ConditionExpression: IS_THERE } },
    ...moveCounts({
      account: { Key: accountKey(username), counts: { followers_count: 0 }, condition, values },
      follower: { Key: accountKey(follower), counts: { following_count: -1 }, condition: IS_THERE },
      followed: { Key: followerStripeKey(follower, username), counts: { followers_count: -1 } },
    }),
  };
  return outcomeOf(await transact(writes));
}

function outcomeOf(transacted: Transacted<string>): EdgeOutcome {
  if (transacted.done) return 'done';
  return transacted.refused.has('account') ? 'account_gone' : 'unchanged';
}

/**
 * How many edges a query may read for each name that it looks for. Fetching a name by its key costs half a read unit,
 * for which a query reads some 20 edges.
 */
const EDGES_A_NAME = 8;

/** Whose edges are looked up, and how many there are about; many, unless said. */
export interface Reader {
  username: string;
  following_count?: number;
}

/**
 * Which of `usernames` the reader follows, in lower case. Each name once. Whoever follows few has all edges from the
 * first name to the last read at once, which is far cheaper than fetching each.
 */
export async function readFollowed(
  { username: follower, following_count = Number.POSITIVE_INFINITY }: Reader,
  usernames: readonly string[],
): Promise<Set<string>> {
  if (usernames.length === 0) return new Set();
  const keys = usernames.map((username) => followKey(follower, username));
  const isCheap = following_count <= usernames.length * EDGES_A_NAME;
  const items = isCheap
    ? await readEdgesBetween(keys)
    : await getItems(keys, { attributes: FOLLOW_ATTRIBUTES });
  const followed = new Set(
    parseItems(FollowItem, 'follow', items).map(({ following_username }) => following_username.toLowerCase()),
  );
  return new Set(usernames.map((username) => username.toLowerCase()).filter((name) => followed.has(name)));
}

/** How many entries of the index a query may read for each name that it looks for. */
const ENTRIES_A_NAME = 4;

/**
 * Which of `usernames` follow a user, in lower case; `followers_count` is how many do in all. Each name once. Where few
 * do, all of them are read at once.
 */
export async function readFollowersAmong(
  usernames: readonly string[],
  { username: followed, followers_count }: { username: string; followers_count: number },
): Promise<Set<string>> {
  if (usernames.length === 0 || followers_count === 0) return new Set();
  if (followers_count <= usernames.length * ENTRIES_A_NAME) {
    const { entries } = await readFollowers(followed, { size: followers_count });
    const followers = new Set(entries);
    return new Set(usernames.map((username) => username.toLowerCase()).filter((name) => followers.has(name)));
  }
  const keys = usernames.map((username) => followKey(username, followed));
  const items = await getItems(keys, { attributes: ['PK'] });
  return new Set(parseItems(FollowerItem, 'follow', items).map(({ PK }) => ownerIn(PK)));
}

function readEdgesBetween(keys: readonly Key[]): Promise<RawItem[]> {
  const sorted = keys.map(({ SK }) => SK).sort();
  return queryAll({
    KeyConditionExpression: 'PK = :follower AND SK BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':follower': keys[0]?.PK, ':first': sorted[0], ':last': sorted.at(-1) },
    ...projection(FOLLOW_ATTRIBUTES),
  });
}

/** Whom a user follows, by name. Positions are names in lower case. */
export async function readFollowing(follower: string, { after, size }: PageRequest): Promise<Page<Follow>> {
  const { items } = await queryPage({
    ...startingWith(followsOf(follower)),
    Limit: size + 1,
    ...projection(FOLLOW_ATTRIBUTES),
    ...(after !== undefined && { ExclusiveStartKey: followKey(follower, after) }),
  });
  const follows = parseItems(FollowItem, 'follow', items);
  return cutPage(follows, size, ({ following_username }) => following_username.toLowerCase());
}

const FollowerItem = v.object({ PK: v.string() });
const FollowerEntry = v.object({ PK: v.string(), SK: v.string(), GSI1SK: v.string() });

/** The names of a user's followers in lower case, newest first. */
export async function readFollowers(followed: string, { after, size }: PageRequest): Promise<Page<string>> {
  const { items } = await queryPage({
    IndexName: 'GSI1',
    KeyConditionExpression: 'GSI1PK = :followed',
    ExpressionAttributeValues: { ':followed': followersPartition(followed) },
    ScanIndexForward: false,
    Limit: size + 1,
    ...(after !== undefined && { ExclusiveStartKey: followersPosition(followed, after) }),
  });
  const found = items.map((item) => parseItem(FollowerEntry, 'follower', item).GSI1SK);
  const { entries, next } = cutPage(found, size, (position) => position);
  return { entries: entries.map(followerIn), next };
}
