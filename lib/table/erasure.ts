import * as v from 'valibot';
import { deleteBlock } from './blocks.ts';
import { parseItems } from './items.ts';
import {
  accountKey,
  blockIn,
  emailKey,
  followerStripeKey,
  followersPartition,
  isFollow,
  isProfileOrCounter,
  itemsOf,
  ownerIn,
  profileAndCountersOf,
  userKey,
} from './keys.ts';
import { projection, queryAll, queryPage, startingWith } from './read.ts';
import type { Key, RawItem } from './send.ts';
import type { User } from './users.ts';
import { deleteItem, transact, type Write } from './write.ts';

/** How many items are read, and erased at the same time. */
const PAGE = 25;

const Leftover = v.object({
  PK: v.string(),
  SK: v.string(),
  /** Of an edge. */
  id: v.optional(v.unknown()),
  /** Of an edge. */
  following_username: v.optional(v.string(), ''),
});

/** An item that is to be erased, as much of it as it takes to do so. */
type Leftover = v.InferOutput<typeof Leftover>;

const ATTRIBUTES = Object.keys(Leftover.entries);

/**
 * Erases what a deleted user leaves behind, but for the user itself and its counts: edges in both directions, blocks
 * on either side, each with its counts on the other side, then everything else that belongs to the user. Page by page; says after each how many
 * items it was. Can be left at any point and begun again, by several at once. Writes under that user's name may not be
 * under way any more.
 */
export async function* eraseItems(user: User): AsyncGenerator<number> {
  const { username } = user;
  const followers = { IndexName: 'GSI1', KeyConditionExpression: 'GSI1PK = :followed' };
  const values = { ':followed': followersPartition(username) };
  yield* erasePages({ ...followers, ExpressionAttributeValues: values }, (page) =>
    eraseEach(page, (edge) => eraseEdge(edge, accountKey(ownerIn(edge.PK)), 'following_count')),
  );
  const own = { KeyConditionExpression: 'PK = :user', ConsistentRead: true, ...projection(ATTRIBUTES) };
  yield* erasePages(
    { ...own, ExpressionAttributeValues: { ':user': itemsOf(username).PK } },
    async (page) => {
      const edges = page.filter(isFollow);
      const blocks = page.filter(blockIn);
      const others = page.filter((item) => !isFollow(item) && !blockIn(item) && !isProfileOrCounter(item));
      const erased = await eraseEach(edges, (edge) =>
        eraseEdge(edge, followerStripeKey(username, edge.following_username), 'followers_count'),
      );
      const ended = await eraseEach(blocks, (item) => eraseBlock(user, item));
      return erased + ended + (await eraseOthers(user, others));
    },
  );
}

/** Erases all that a query finds, and again until it finds nothing more: an index may show an item late. */
async function* erasePages(
  query: Omit<Parameters<typeof queryPage>[0], 'Limit'>,
  erase: (page: Leftover[]) => Promise<number>,
): AsyncGenerator<number> {
  let erased: number;
  do {
    erased = 0;
    let start: RawItem | undefined;
    do {
      const { items, next } = await queryPage({
        ...query,
        Limit: PAGE,
        ...(start && { ExclusiveStartKey: start }),
      });
      const done = await erase(parseItems(Leftover, 'leftover', items));
      yield done;
      erased += done;
      start = next;
    } while (start);
  } while (erased > 0);
}

async function eraseEach(page: readonly Leftover[], erase: (item: Leftover) => Promise<boolean>) {
  const erased = await Promise.all(page.map(erase));
  return erased.filter(Boolean).length;
}

/**
 * Deletes an edge with its count on the other side, both or neither; `false` when somebody else has done so. An edge
 * that is counted nowhere, as the first release could leave one, goes alone.
 */
async function eraseEdge(
  { PK, SK, id }: Leftover,
  counted: Key,
  count: 'following_count' | 'followers_count',
): Promise<boolean> {
  const edge = {
    Key: { PK, SK },
    ConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': id },
  };
  const transacted = await transact({
    edge: { Delete: edge },
    count: {
      Update: {
        Key: counted,
        UpdateExpression: `ADD ${count} :less`,
        ConditionExpression: 'attribute_exists(PK)',
        ExpressionAttributeValues: { ':less': -1 },
      },
    },
  });
  if (transacted.done) return true;
  return transacted.refused.has('edge') ? false : deleteItem(edge);
}

/** Deletes a block on both sides with its counts; `false` when somebody else has done so. */
async function eraseBlock({ id }: User, item: Leftover): Promise<boolean> {
  const block = blockIn(item);
  return block !== undefined && (await deleteBlock(block, { left: { side: block.side, id } })) === 'done';
}

/** Deletes items of whatever kind, provided that they still are the deleted user's, not those of the name's next owner. */
async function eraseOthers(user: User, items: readonly Leftover[]): Promise<number> {
  if (items.length === 0) return 0;
  const deletions = items.map(({ PK, SK }, n) => [`item ${n}`, { Delete: { Key: { PK, SK } } }]);
  const writes: Record<string, Write> = {
    user: { ConditionCheck: isDeleted(user) },
    ...Object.fromEntries(deletions),
  };
  return (await transact(writes)).done ? items.length : 0;
}

/**
 * Erases the user itself with its counts and the claim on its address, all or nothing, which frees the name and the
 * address. Does nothing where somebody else has done so.
 */
export async function eraseUser(user: User): Promise<void> {
  const { username, email } = user;
  const stripes = await queryAll({
    ...startingWith(profileAndCountersOf(username)),
    ConsistentRead: true,
    ...projection(ATTRIBUTES),
  });
  const keys = parseItems(Leftover, 'leftover', stripes).filter(({ SK }) => SK !== userKey(username).SK);
  const deletions = keys.map(({ PK, SK }) => [SK, { Delete: { Key: { PK, SK } } }]);
  const writes: Record<string, Write> = {
    user: { Delete: isDeleted(user) },
    email: {
      Delete: {
        Key: emailKey(email),
        ConditionExpression: 'attribute_not_exists(PK) OR username = :username',
        ExpressionAttributeValues: { ':username': username },
      },
    },
    ...Object.fromEntries(deletions),
  };
  await transact(writes);
}

/** The condition that the name is still the deleted user's. */
const isDeleted = ({ id, username }: User) => ({
  Key: userKey(username),
  ConditionExpression: 'id = :id AND attribute_exists(deleted_at)',
  ExpressionAttributeValues: { ':id': id },
});

/** Forgets an item that names somebody, if it is there. */
export const eraseTrace = (Key: Key): Promise<boolean> => deleteItem({ Key });
