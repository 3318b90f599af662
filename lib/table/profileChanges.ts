import { assignments, type Identity } from './items.ts';
import { emailKey, userIndexKey, userKey } from './keys.ts';
import { parseUser, type User } from './users.ts';
import { IS_NEW, transact, updateItem } from './write.ts';

/** What a user may change; absent means unchanged. */
export type ProfileChanges = Partial<Omit<User, 'id' | 'username' | 'created_at' | 'updated_at'>>;

/**
 * Changes fields other than the email address, touching no field that is not named. Every change of a user raises
 * `updated_at`, so that a reader can tell which one is the last, whatever clocks say: to `now` (ms) where that is
 * later, else by a millisecond, which the table itself adds. So any number of changes at once succeed, each in two
 * writes at most, of which the refused one has cost as much as the other. Returns the user as it is after the write,
 * `undefined` when the name no longer belongs to the id.
 */
export async function updateUser(
  { id, username }: Identity,
  changes: Omit<ProfileChanges, 'email'>,
  now: number,
): Promise<User | undefined> {
  const write = (feed_time: number, stamp: string, condition: string, values: Record<string, unknown>) => {
    const set = assignments({ ...changes, GSI1SK: userIndexKey(id, feed_time).GSI1SK });
    return updateItem({
      Key: userKey(username),
      UpdateExpression: `${set.expression}, updated_at = ${stamp}`,
      ConditionExpression: `id = :id${condition}`,
      ExpressionAttributeNames: set.names,
      ExpressionAttributeValues: { ...set.values, ...values, ':id': id },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  };
  const first = await write(now, ':now', ' AND updated_at < :now', { ':now': now });
  if (first.done) return parseUser(first.item);
  const found = first.item && parseUser(first.item);
  if (found?.id !== id) return undefined;
  const second = await write(Math.max(now, found.updated_at + 1), 'updated_at + :one', '', { ':one': 1 });
  return second.done ? parseUser(second.item) : undefined;
}

/** How a change of the email address ended. `raced`: the user was no longer as it was read. */
export type EmailUpdate = { outcome: 'updated'; user: User } | { outcome: 'email_taken' | 'raced' };

/**
 * Changes fields, the email address among them, of a user just read: claims the new address and frees the old one
 * with the change, all or nothing. Writes only onto the user as it was read, so the returned user is exact. Stamps
 * `now` (ms), or what is later than the stamp that was read.
 */
export async function updateUserWithEmail(
  read: User,
  changes: ProfileChanges & { email: string },
  now: number,
): Promise<EmailUpdate> {
  const updated_at = Math.max(now, read.updated_at + 1);
  const set = assignments({ ...changes, updated_at, GSI1SK: userIndexKey(read.id, updated_at).GSI1SK });
  const user = {
    Update: {
      Key: userKey(read.username),
      UpdateExpression: set.expression,
      ConditionExpression: 'id = :id AND email = :read_email AND updated_at = :read_at',
      ExpressionAttributeNames: set.names,
      ExpressionAttributeValues: {
        ...set.values,
        ':id': read.id,
        ':read_email': read.email,
        ':read_at': read.updated_at,
      },
    },
  };
  const claim = {
    Item: { ...emailKey(changes.email), username: read.username },
    ConditionExpression: IS_NEW,
  };
  const claims = { new_claim: { Put: claim }, old_claim: { Delete: { Key: emailKey(read.email) } } };
  const sameClaim = emailKey(read.email).PK === emailKey(changes.email).PK;
  const transacted = await (sameClaim ? transact({ user }) : transact({ user, ...claims }));
  if (transacted.done) return { outcome: 'updated', user: { ...read, ...changes, updated_at } };
  return { outcome: transacted.refused.has('user') ? 'raced' : 'email_taken' };
}
