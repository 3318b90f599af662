import { type Counts, parseCounts, sumCounts } from './counters.ts';
import type { Identity } from './items.ts';
import { accountKey, followersPartition, followsOf, itemsOf, profileAndCounters, userKey } from './keys.ts';
import { projection, queryAll, queryPage } from './read.ts';
import { type Attempt, retrying } from './retry.ts';
import type { RawItem } from './send.ts';
import { transact } from './write.ts';

/** The counts that edges tell. */
type EdgeCounts = Pick<Counts, 'followers_count' | 'following_count'>;

/** What was added to each count to put it right. */
export type Corrections = EdgeCounts;

/**
 * Puts the counts of a user right that disagree with the edges. Counts while edges come and go until nothing has moved
 * meanwhile; throws `unavailable` where something always does.
 */
export function recount({ id, username }: Identity): Promise<Corrections> {
  return retrying(async (): Promise<Attempt<Corrections>> => {
    const before = await readCounts(username);
    const edges = await countEdges(username);
    const after = await readCounts(username);
    const moved = (['followers_count', 'following_count'] as const).some(
      (name) => before[name] !== after[name],
    );
    if (moved) return { again: new Error('Edges have come or gone meanwhile.') };
    const corrections = {
      followers_count: edges.followers_count - before.followers_count,
      following_count: edges.following_count - before.following_count,
    };
    if (corrections.followers_count === 0 && corrections.following_count === 0) return { value: corrections };
    const { done } = await transact({
      account: {
        Update: {
          Key: accountKey(username),
          UpdateExpression: 'ADD followers_count :followers, following_count :following',
          ConditionExpression: 'id = :id',
          ExpressionAttributeValues: {
            ':followers': corrections.followers_count,
            ':following': corrections.following_count,
            ':id': id,
          },
        },
      },
    });
    return done ? { value: corrections } : { again: new Error('The account is another one by now.') };
  });
}

async function readCounts(username: string): Promise<Counts> {
  const { SK } = userKey(username);
  const items = await queryAll({
    KeyConditionExpression: 'PK = :user AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':user': itemsOf(username).PK, ':prefix': profileAndCounters },
    ConsistentRead: true,
    ...projection(['SK', 'followers_count', 'following_count']),
  });
  return sumCounts(items.filter((item) => item.SK !== SK).map(parseCounts));
}

async function countEdges(username: string): Promise<EdgeCounts> {
  const { PK, prefix } = followsOf(username);
  const [following_count, followers_count] = await Promise.all([
    countItems({
      KeyConditionExpression: 'PK = :user AND begins_with(SK, :prefix)',
      ExpressionAttributeValues: { ':user': PK, ':prefix': prefix },
      ConsistentRead: true,
    }),
    countItems({
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :user',
      ExpressionAttributeValues: { ':user': followersPartition(username) },
    }),
  ]);
  return { following_count, followers_count };
}

async function countItems(query: Parameters<typeof queryPage>[0]): Promise<number> {
  let count = 0;
  let start: RawItem | undefined;
  do {
    const { items, next } = await queryPage({
      ...query,
      ...projection(['SK']),
      ...(start && { ExclusiveStartKey: start }),
    });
    count += items.length;
    start = next;
  } while (start);
  return count;
}
