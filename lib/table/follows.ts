import * as v from 'valibot';
import { countFollower, countFollowing } from './counters.ts';
import { type Caller, type Identity, parseItem, parseItems } from './items.ts';
import {
  followerIn,
  followersPartition,
  followersPosition,
  followIndexKey,
  followKey,
  followsOf,
  followTimeIn,
} from './keys.ts';
import { getItems, projection, queryAll, queryPage } from './read.ts';
import type { Key, RawItem } from './send.ts';
import { IS_NEW, type Transacted, transact, type Write } from './write.ts';

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

/** A page of a list, and where the next one starts: `undefined` after the last. */
export interface Page<T> {
  entries: T[];
  next: string | undefined;
}

/** Which page of a list: the one after the position `after`, with at most `size` entries. */
export interface PageRequest {
  after?: string | undefined;
  size: number;
}

/** How writing or deleting an edge ended; `account_gone`: the account takes the follower's token no longer. */
export type EdgeOutcome = 'done' | 'unchanged' | 'account_gone';

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

/**
 * Writes an edge and moves both counts with it, all or nothing, `also` what goes along; `unchanged` when the edge was
 * there before.
 */
export async function insertFollow(
  follower: Caller,
  follow: Follow,
  also?: Record<string, Write>,
): Promise<EdgeOutcome> {
  const writes = {
    edge: newEdge(follower, follow),
    account: countFollowing(follower, 1),
    followed: countFollower(follower.username, follow.following_username, 1),
    ...also,
  };
  return outcomeOf(await transact(writes));
}

/** Deletes an edge and moves both counts with it, all or nothing; `unchanged` when there was none. */
export async function deleteFollow(follower: Caller, followed: string): Promise<EdgeOutcome> {
  const Key = followKey(follower.username, followed);
  const writes = {
    edge: { Delete: { Key, ConditionExpression: 'attribute_exists(PK)' } },
    account: countFollowing(follower, -1),
    followed: countFollower(follower.username, followed, -1),
  };
  return outcomeOf(await transact(writes));
}

function outcomeOf(transacted: Transacted<'edge' | 'account' | 'followed'>): EdgeOutcome {
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
  const { PK, prefix } = followsOf(follower);
  const { items } = await queryPage({
    KeyConditionExpression: 'PK = :follower AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':follower': PK, ':prefix': prefix },
    Limit: size + 1,
    ...projection(FOLLOW_ATTRIBUTES),
    ...(after !== undefined && { ExclusiveStartKey: followKey(follower, after) }),
  });
  const follows = parseItems(FollowItem, 'follow', items);
  return cutPage(follows, size, ({ following_username }) => following_username.toLowerCase());
}

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

/** Takes a page from what was read: one entry more than asked for, so that the last page is known to be the last. */
function cutPage<T>(found: T[], size: number, position: (entry: T) => string): Page<T> {
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  return { entries, next: found.length > size && last !== undefined ? position(last) : undefined };
}
