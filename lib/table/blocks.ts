import * as v from 'valibot';
import { moveCounts } from './counters.ts';
import { type Caller, isCallers, parseItem, parseItems } from './items.ts';
import {
  accountKey,
  blockedByKey,
  blockKey,
  blocksAround,
  blocksOf,
  followerStripeKey,
  followKey,
} from './keys.ts';
import { cutPage, type Page, type PageRequest } from './pages.ts';
import { getItem, projection, queryAll, queryPage, type ReadOptions, startingWith } from './read.ts';
import { type Attempt, retrying } from './retry.ts';
import type { Key } from './send.ts';
import { IS_NEW, IS_THERE, transact, type Write } from './write.ts';

export const BlockItem = v.object({
  id: v.number(),
  /** Id of the user who is blocked. */
  blocked: v.number(),
  blocked_username: v.string(),
  /** Milliseconds since 1970. */
  created_at: v.number(),
});

/** The side of the one who is blocked. */
export const BlockedByItem = v.object({ blocker: v.number(), blocker_username: v.string() });

/** Whom a user blocks, and since when (ms); who blocks is known where it is read. */
export type Block = v.InferOutput<typeof BlockItem>;

const BLOCK_ATTRIBUTES = Object.keys(BlockItem.entries);
const SIDE_ATTRIBUTES = ['SK', 'blocked', 'blocked_username', ...Object.keys(BlockedByItem.entries)];

/** How a block ended; `blocked_gone`: there is no such user any more. */
export type BlockOutcome = 'done' | 'unchanged' | 'account_gone' | 'blocked_gone';

/**
 * Writes a block on both sides, counts it on both, and deletes the follow edges between the two with their counts, all or
 * nothing, `also` what goes along. The first try takes it that neither follows the other; where one does, the write is
 * refused by that edge, and one more try deletes it. Every follow is written on condition that the follower's account
 * counts no block, or none with this user: so of a block and a follow at once, the later one meets the earlier.
 */
export function insertBlock(
  blocker: Caller,
  block: Block,
  also?: Record<string, Write>,
): Promise<BlockOutcome> {
  const { username } = blocker;
  const { blocked, blocked_username } = block;
  const following = followKey(username, blocked_username);
  const follower = followKey(blocked_username, username);
  let there: { following: boolean; follower: boolean } | undefined;
  return retrying(async (): Promise<Attempt<BlockOutcome>> => {
    const edges = there ?? { following: false, follower: false };
    const one_less = (count: string, is_there: boolean) => (is_there ? { [count]: -1 } : {});
    const transacted = await transact<string>({
      ...sidesOf(blocker, block),
      following: endOf(following, edges.following),
      follower: endOf(follower, edges.follower),
      ...moveCounts({
        account: {
          Key: accountKey(username),
          counts: { blocking_count: 1, ...one_less('following_count', edges.following) },
          ...isCallers(blocker),
        },
        blocked_account: {
          Key: accountKey(blocked_username),
          counts: { blocked_by_count: 1, ...one_less('following_count', edges.follower) },
          condition: 'id = :blocked',
          values: { ':blocked': blocked },
        },
        ...(edges.following && {
          followed: { Key: followerStripeKey(username, blocked_username), counts: { followers_count: -1 } },
        }),
        ...(edges.follower && {
          own: { Key: followerStripeKey(blocked_username, username), counts: { followers_count: -1 } },
        }),
      }),
      ...also,
    });
    if (transacted.done) return { value: 'done' };
    const { refused } = transacted;
    if (refused.has('account')) return { value: 'account_gone' };
    if (refused.has('block')) return { value: 'unchanged' };
    if (refused.has('blocked_account')) return { value: 'blocked_gone' };
    const at_once = there === undefined;
    there = {
      following: edges.following !== refused.has('following'),
      follower: edges.follower !== refused.has('follower'),
    };
    return { again: new Error('A follow came or went in between.'), at_once };
  });
}

/** Both sides of a block, each with what its reader needs. */
const sidesOf = (blocker: Caller, block: Block): Record<string, Write> => ({
  block: {
    Put: {
      Item: { ...blockKey(blocker.username, block.blocked_username), ...block, blocker: blocker.id },
      ConditionExpression: IS_NEW,
    },
  },
  blocked_by: {
    Put: {
      Item: {
        ...blockedByKey(block.blocked_username, blocker.username),
        blocker: blocker.id,
        blocker_username: blocker.username,
      },
    },
  },
});

/** The end of an edge that is there, or that there is none. */
const endOf = (Key: Key, is_there: boolean): Write =>
  is_there
    ? { Delete: { Key, ConditionExpression: IS_THERE } }
    : { ConditionCheck: { Key, ConditionExpression: IS_NEW } };

/**
 * Deletes a block on both sides, and counts that on both, all or nothing; `unchanged` when there was none. For the
 * `caller` who blocks, whose token the account must still take; or as what is `left` by the user of that id on one side,
 * also where the account on the other is gone already.
 */
export function deleteBlock(
  { blocker, blocked }: { blocker: string; blocked: string },
  { caller, left }: { caller?: Caller; left?: { side: Side; id: number } },
): Promise<'done' | 'unchanged' | 'account_gone'> {
  const gone = new Set<string>();
  const block: Write = {
    Delete: {
      Key: blockKey(blocker, blocked),
      ...(left
        ? { ConditionExpression: `${left.side} = :id`, ExpressionAttributeValues: { ':id': left.id } }
        : { ConditionExpression: IS_THERE }),
    },
  };
  return retrying(async () => {
    const accounts = {
      account: {
        Key: accountKey(blocker),
        counts: { blocking_count: -1 },
        ...(caller ? isCallers(caller) : { condition: IS_THERE }),
      },
      blocked_account: {
        Key: accountKey(blocked),
        counts: { blocked_by_count: -1 },
        condition: IS_THERE,
      },
    };
    const there = Object.entries(accounts).filter(([name]) => !gone.has(name));
    const transacted = await transact<string>({
      block,
      blocked_by: { Delete: { Key: blockedByKey(blocked, blocker) } },
      ...moveCounts(Object.fromEntries(there)),
    });
    if (transacted.done) return { value: 'done' as const };
    const { refused } = transacted;
    if (caller && refused.has('account')) return { value: 'account_gone' as const };
    if (refused.has('block')) return { value: 'unchanged' as const };
    for (const name of refused.keys()) gone.add(name);
    return { again: new Error('An account is gone.'), at_once: true };
  });
}

/** Whom a user blocks, by name. Positions are names in lower case. */
export async function readBlocksOf(blocker: string, { after, size }: PageRequest): Promise<Page<Block>> {
  const { items } = await queryPage({
    ...startingWith(blocksOf(blocker)),
    Limit: size + 1,
    ...projection(BLOCK_ATTRIBUTES),
    ...(after !== undefined && { ExclusiveStartKey: blockKey(blocker, after) }),
  });
  const blocks = parseItems(BlockItem, 'block', items);
  return cutPage(blocks, size, ({ blocked_username }) => blocked_username.toLowerCase());
}

/** The two sides of a block. */
type Side = 'blocked' | 'blocker';

/** Somebody on the other side of a block. */
export interface Counterpart {
  id: number;
  /** As typed at registration. */
  username: string;
  /** Who blocks whom: two entries where both do. */
  side: Side;
}

/** All blocks that a user takes part in, on either side, in one query. */
export async function readBlocks(
  username: string,
  { consistent = false }: Pick<ReadOptions, 'consistent'> = {},
): Promise<Counterpart[]> {
  const items = await queryAll({
    ...startingWith(blocksAround(username)),
    ...projection(SIDE_ATTRIBUTES),
    ConsistentRead: consistent,
  });
  return items.map((item): Counterpart => {
    if (String(item.SK).startsWith(blocksOf(username).prefix)) {
      const { blocked, blocked_username } = parseItem(BlockedSide, 'block', item);
      return { id: blocked, username: blocked_username, side: 'blocked' };
    }
    const { blocker, blocker_username } = parseItem(BlockedByItem, 'block', item);
    return { id: blocker, username: blocker_username, side: 'blocker' };
  });
}

const BlockedSide = v.pick(BlockItem, ['blocked', 'blocked_username']);

/** Whether a user is blocked by another one. */
export async function isBlockedBy(username: string, blocker: string): Promise<boolean> {
  return (await getItem(blockedByKey(username, blocker), { attributes: ['PK'] })) !== undefined;
}
