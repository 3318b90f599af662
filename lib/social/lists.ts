import * as v from 'valibot';
import { requireAccount } from '../auth/identity.ts';
import { batchSize } from '../paging.ts';
import { ApiError } from '../problems.ts';
import { type Account, readAccount } from '../table/accounts.ts';
import { readBlocksOf } from '../table/blocks.ts';
import {
  type Follow,
  type Reader,
  readFollowed,
  readFollowers,
  readFollowersAmong,
  readFollowing,
} from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import type { Page, PageRequest } from '../table/pages.ts';
import { isActive } from '../table/userItem.ts';
import { readUsers, readUserWithCounts } from '../table/users.ts';
import { fitPage } from '../users/pages.ts';
import { Count, ListedUser } from '../users/views.ts';
import { BlockView, viewBlock } from './blocks.ts';
import { decodeCursor, type EdgeList, encodeCursor } from './cursors.ts';
import { FollowView, viewFollow } from './follows.ts';
import { type Hidden, NOBODY, readHidden } from './visibility.ts';

/** Which page of a list of edges. */
export const EdgeQuery = v.object({ batch_size: batchSize(100), cursor: v.optional(v.string()) });
type EdgeQuery = v.InferOutput<typeof EdgeQuery>;

/** Which page of the caller's own follows, and whether the users whom they follow come along. */
export const FollowQuery = v.object({
  ...EdgeQuery.entries,
  expand: v.optional(v.picklist(['user'], 'This must be user.')),
});
type FollowQuery = v.InferOutput<typeof FollowQuery>;

/** A follow in a list, with the user who is followed where that was asked for. */
export const ListedFollow = v.object({ ...FollowView.entries, user: v.optional(ListedUser) });

const page = <Entry extends v.GenericSchema>(entry: Entry) =>
  v.object({ count: Count, results: v.array(entry), next: v.nullable(v.string()) });

export const FollowPage = page(ListedFollow);
export const BlockPage = page(BlockView);
export const UserPage = page(ListedUser);

/** Whom the caller follows, as follows, by name; expanding them takes one more trip. A user who is gone does not come along. */
export async function listFollows(caller: Caller, query: FollowQuery) {
  const list: EdgeList = { kind: 'following', username: caller.username };
  const wanted = pageRequest(list, query);
  const [{ following_count }, edges] = await Promise.all([
    requireAccount(caller),
    readFollowing(caller.username, wanted),
  ]);
  const users = query.expand ? await followedUsers(edges.entries) : new Map<number, FollowedUser>();
  const results = edges.entries.map((edge) => {
    const user = users.get(edge.following);
    return { ...viewFollow(caller, edge), ...(user && { user }) };
  });
  return { count: following_count, results, next: nextCursor(list, edges) };
}

/** Whom a user follows, by name, as the caller may see them. */
export async function listFollowing(username: string, caller: Caller | undefined, query: EdgeQuery) {
  const list: EdgeList = { kind: 'following', username };
  const wanted = pageRequest(list, query);
  const [account, edges, viewer] = await Promise.all([
    readAccount(list.username),
    readFollowing(list.username, wanted),
    caller && requireAccount(caller),
  ]);
  const hidden = await hiddenIn(list, viewer);
  const is_seen = account && isActive(account) && !hidden.blockers.has(username.toLowerCase());
  if (!is_seen) throw new ApiError('not_found');
  const names = edges.entries.map((edge) => edge.following_username.toLowerCase());
  const [results, left_out] = await Promise.all([
    viewUsers(names, viewer, hidden),
    readFollowed({ username, following_count: account.following_count }, hidden.names),
  ]);
  return { count: account.following_count - left_out.size, results, next: nextCursor(list, edges) };
}

/** Who follows a user, newest first, as the caller may see them. */
export async function listFollowers(username: string, caller: Caller | undefined, query: EdgeQuery) {
  const list: EdgeList = { kind: 'followers', username };
  const wanted = pageRequest(list, query);
  const [profile, followers, viewer] = await Promise.all([
    readUserWithCounts(list.username),
    readFollowers(list.username, wanted),
    caller && requireAccount(caller),
  ]);
  const hidden = await hiddenIn(list, viewer);
  if (!profile || hidden.blockers.has(username.toLowerCase())) throw new ApiError('not_found');
  const { followers_count } = profile.counts;
  const [results, left_out] = await Promise.all([
    viewUsers(followers.entries, viewer, hidden),
    readFollowersAmong(hidden.names, { username, followers_count }),
  ]);
  return { count: followers_count - left_out.size, results, next: nextCursor(list, followers) };
}

/** Whom the caller blocks, by name. */
export async function listBlocks(caller: Caller, query: EdgeQuery) {
  const list: EdgeList = { kind: 'blocked', username: caller.username };
  const wanted = pageRequest(list, query);
  const [{ blocking_count }, blocks] = await Promise.all([
    requireAccount(caller),
    readBlocksOf(caller.username, wanted),
  ]);
  return { count: blocking_count, results: blocks.entries.map(viewBlock), next: nextCursor(list, blocks) };
}

/**
 * Whom the viewer is not shown in a list. Asked also where the list is nobody's, which would tell by its time from one of
 * a user who blocks the viewer; not in the viewer's own, for a block ends all follows.
 */
const hiddenIn = async ({ username }: EdgeList, viewer: (Account & Caller) | undefined): Promise<Hidden> =>
  viewer && viewer.username.toLowerCase() !== username.toLowerCase() ? readHidden(viewer) : NOBODY;

const pageRequest = (list: EdgeList, { batch_size, cursor }: EdgeQuery): PageRequest => ({
  size: batch_size,
  after: cursor === undefined ? undefined : decodeCursor(list, cursor),
});

const nextCursor = (list: EdgeList, { next }: Page<unknown>) =>
  next === undefined ? null : encodeCursor(list, next);

type FollowedUser = v.InferInput<typeof ListedUser>;

/** The users whom these edges of the caller lead to, by their ids. */
async function followedUsers(edges: readonly Follow[]): Promise<Map<number, FollowedUser>> {
  const users = await readUsers(edges.map(({ following_username }) => following_username));
  const byId = new Map(users.map((user) => [user.id, user]));
  const found = edges.flatMap(({ following }) => byId.get(following) ?? []);
  return new Map(fitPage(found).map((user) => [user.id, { ...user, is_following: true }]));
}

/** The users of the given names, in that order; a name whose user is gone, or hidden from the viewer, is left out. */
async function viewUsers(all: readonly string[], viewer: Reader | undefined, hidden: Hidden) {
  const unseen = new Set(hidden.names);
  const names = all.filter((name) => !unseen.has(name));
  const [users, followed] = await Promise.all([
    readUsers(names),
    viewer ? readFollowed(viewer, names) : new Set<string>(),
  ]);
  const byName = new Map(users.map((user) => [user.username.toLowerCase(), user]));
  const found = names.flatMap((name) => {
    const user = byName.get(name);
    return user ? [{ ...user, is_following: followed.has(name) }] : [];
  });
  return fitPage(found);
}
