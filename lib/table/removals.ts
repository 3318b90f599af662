import type { Clock } from '../clock.ts';
import { LONGEST_WRITE, within } from '../deadline.ts';
import { isCallers } from './items.ts';
import { accountKey, userIdKey, userIndexKey, userKey } from './keys.ts';
import { type Attempt, retrying } from './retry.ts';
import type { Key } from './send.ts';
import { readUser, type User } from './users.ts';
import { transact, type Write } from './write.ts';

/** What puts a user out of sight: for good, or until it is restored. */
type Mark = 'deleted_at' | 'suspended_at';

/**
 * Puts a user, as just read, out of sight at once, all or nothing: marks it, refuses every token that was issued before,
 * and leaves in the place of its card a tombstone, from which the directory learns that the card is gone. The claim on
 * the id becomes that tombstone, so nobody finds the user by its id either. `false` when the account is another one by
 * now, or in another epoch.
 */
export const hideUser = (user: User, mark: Mark, clock: Clock): Promise<boolean> =>
  change(user, clock, (read, stamp, now) => ({
    user: onUser(read, {
      set: `${mark} = :at, updated_at = :stamp, epoch = :next`,
      remove: 'GSI1PK, GSI1SK',
      values: { ':at': now, ':stamp': stamp, ':next': read.epoch + 1 },
    }),
    account: onAccount(read, {
      set: `${mark} = :at, epoch = :next`,
      values: { ':at': now, ':next': read.epoch + 1 },
    }),
    claim: {
      Put: {
        Item: {
          ...userIdKey(read.id),
          ...userIndexKey(read.id, stamp),
          ...{ id: read.id, updated_at: stamp },
        },
      },
    },
  }));

/**
 * Shows a suspended user, as just read, again: with a card that is newer than its tombstone. `false` when the account is
 * another one by now, or in another epoch.
 */
export const showUser = (user: User, clock: Clock): Promise<boolean> =>
  change(user, clock, (read, stamp) => {
    const { GSI1PK, GSI1SK } = userIndexKey(read.id, stamp);
    return {
      user: onUser(read, {
        set: 'GSI1PK = :partition, GSI1SK = :place, updated_at = :stamp',
        remove: 'suspended_at',
        values: { ':partition': GSI1PK, ':place': GSI1SK, ':stamp': stamp },
      }),
      account: onAccount(read, { remove: 'suspended_at', values: {} }),
      claim: { Put: { Item: { ...userIdKey(read.id), username: read.username } } },
    };
  });

/** Writes onto the user as it was read, stamped later than it; where another change gets in between, reads it again. */
function change(
  user: User,
  clock: Clock,
  writesOn: (read: User, stamp: number, now: number) => Record<string, Write>,
): Promise<boolean> {
  let read = user;
  return retrying(async (): Promise<Attempt<boolean>> => {
    const now = clock();
    const writes = writesOn(read, Math.max(now, read.updated_at + 1), now);
    const written = await within(LONGEST_WRITE, () => transact(writes));
    if (written.done) return { value: true };
    const found = await readUser(user.username);
    const is_same = found?.id === user.id && found.epoch === user.epoch && found.deleted_at === undefined;
    if (!is_same) return { value: false };
    read = found;
    return { again: new Error('Another change got in between.') };
  });
}

interface Expressions {
  set?: string;
  remove?: string;
  values: Record<string, unknown>;
}

function onUser(read: User, expressions: Expressions): Write {
  const update = updateOf(userKey(read.username), read, expressions);
  return {
    Update: {
      ...update,
      ConditionExpression: `${update.ConditionExpression} AND updated_at = :read_at AND attribute_not_exists(deleted_at)`,
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read_at': read.updated_at },
    },
  };
}

const onAccount = (read: User, expressions: Expressions): Write => ({
  Update: updateOf(accountKey(read.username), read, expressions),
});

function updateOf(Key: Key, read: User, { set, remove, values }: Expressions) {
  const own = isCallers(read);
  return {
    Key,
    UpdateExpression: [set && `SET ${set}`, remove && `REMOVE ${remove}`].filter(Boolean).join(' '),
    ConditionExpression: own.condition,
    ExpressionAttributeValues: { ...own.values, ...values },
  };
}
