import * as v from 'valibot';
import { getItems, type Key, queryPage, queryPages, type RawItem } from './client.ts';
import { countFollower, countFollowing } from './counters.ts';
import { parseItem, parseItems } from './items.ts';
import { followersPartition, followIndexKey, followKey, followsPrefix, userKey } from './keys.ts';
import { ConditionsFailed, transact } from './transaction.ts';

const FollowItem = v.object({
  id: v.number(),
  /** Id of the user who is followed. */
  following: v.number(),
  following_username: v.string(),
  /** Milliseconds since 1970. */
  created_at: v.number(),
});

/** A follow edge as stored. Who follows is in the key alone: a hundred edges of one user are read together. */
export type Follow = v.InferOutput<typeof FollowItem>;

/** Who does something: id and name as one token or one read gave them. */
export interface Actor {
  id: number;
  username: string;
}

/** A part of a list, and where the next part starts: `undefined` after the last. */
export interface Part<T> {
  entries: T[];
  next: string | undefined;
}

/** How writing or deleting an edge ended; `account_gone`: the follower's name no longer belongs to the id. */
export type EdgeOutcome = 'done' | 'unchanged' | 'account_gone';

/** The part of a transaction that writes an edge, on condition that it is new. */
export const newEdge = (follower: string, follow: Follow) => ({
  Put: {
    Item: {
      ...followKey(follower, follow.following_username),
      ...followIndexKey(follower, follow.following_username, follow.created_at),
      ...follow,
    },
    ConditionExpression: 'attribute_not_exists(PK)',
  },
});

/** Writes an edge and moves both counts with it, all or nothing; `unchanged` when the edge was there before. */
export function insertFollow(follower: Actor, follow: Follow): Promise<EdgeOutcome> {
  return edgeOutcome(
    transact({
      edge: newEdge(follower.username, follow),
      account: countFollowing(follower, 1),
      followed: countFollower(follow.following_username, follower.username, 1),
    }),
  );
}

/** Deletes an edge and moves both counts with it, all or nothing; `unchanged` when there was none. */
export function deleteFollow(follower: Actor, followed: string): Promise<EdgeOutcome> {
  return edgeOutcome(
    transact({
      edge: {
        Delete: { Key: followKey(follower.username, followed), ConditionExpression: 'attribute_exists(PK)' },
      },
      account: countFollowing(follower, -1),
      followed: countFollower(followed, follower.username, -1),
    }),
  );
}

async function edgeOutcome(transaction: Promise<void>): Promise<EdgeOutcome> {
  try {
    await transaction;
    return 'done';
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    return error.failed.has('account') ? 'account_gone' : 'unchanged';
  }
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
  const items = isCheap ? await readEdgesBetween(keys) : await getItems(keys);
  const followed = new Set(
    parseItems(FollowItem, 'follow', items).map(({ following_username }) => following_username.toLowerCase()),
  );
  return new Set(usernames.map((username) => username.toLowerCase()).filter((name) => followed.has(name)));
}

async function readEdgesBetween(keys: readonly Key[]): Promise<RawItem[]> {
  const sorted = keys.map(({ SK }) => SK).sort();
  const items: RawItem[] = [];
  const pages = queryPages({
    KeyConditionExpression: 'PK = :follower AND SK BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':follower': keys[0]?.PK, ':first': sorted[0], ':last': sorted.at(-1) },
  });
  for await (const page of pages) items.push(...page);
  return items;
}

/** Whom a user follows, by name, after the position `after`; at most `size`. */
export async function readFollowing(
  follower: string,
  { after, size }: { after?: string | undefined; size: number },
): Promise<Part<Follow>> {
  const { PK } = userKey(follower);
  const { items } = await queryPage({
    KeyConditionExpression: 'PK = :follower AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':follower': PK, ':prefix': followsPrefix },
    Limit: size + 1,
    ...(after !== undefined && { ExclusiveStartKey: { PK, SK: followsPrefix + after } }),
  });
  const follows = parseItems(FollowItem, 'follow', items);
  return takePart(follows, size, ({ following_username }) => following_username.toLowerCase());
}

const FollowerEntry = v.object({ PK: v.string(), SK: v.string(), GSI1SK: v.string() });

/** The names of a user's followers in lower case, newest first, after the position `after`; at most `size`. */
export async function readFollowers(
  followed: string,
  { after, size }: { after?: string | undefined; size: number },
): Promise<Part<string>> {
  const GSI1PK = followersPartition(followed);
  const { items } = await queryPage({
    IndexName: 'GSI1',
    KeyConditionExpression: 'GSI1PK = :followed',
    ExpressionAttributeValues: { ':followed': GSI1PK },
    ScanIndexForward: false,
    Limit: size + 1,
    ...(after !== undefined && { ExclusiveStartKey: followerPosition(followed, after) }),
  });
  const entries = items.map((item: RawItem) => parseItem(FollowerEntry, 'follower', item).GSI1SK);
  const part = takePart(entries, size, (position) => position);
  return { ...part, entries: part.entries.map(followerName) };
}

/** The follower that a position in the index names: `<created_at>#<follower>`. */
const followerName = (position: string) => position.slice(position.indexOf('#') + 1);

function followerPosition(followed: string, position: string) {
  const follower = followerName(position);
  return { ...followKey(follower, followed), GSI1PK: followersPartition(followed), GSI1SK: position };
}

/** Reads one entry more than asked for, so that the last part is known to be the last. */
function takePart<T>(found: T[], size: number, position: (entry: T) => string): Part<T> {
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  return { entries, next: found.length > size && last !== undefined ? position(last) : undefined };
}
