import * as v from 'valibot';
import { retrying } from './backoff.ts';
import {
  getItem,
  getItems,
  isConditionFailure,
  queryPages,
  type RawItem,
  type ReadOptions,
  refusingItem,
  updateItem,
} from './client.ts';
import { type Counts, noCounts, parseCounts, sumCounts } from './counters.ts';
import { assignments, parseItem, parseItems } from './items.ts';
import { accountKey, emailKey, profileAndCounters, userIdKey, userIndexKey, userKey } from './keys.ts';
import { ConditionsFailed, transact } from './transaction.ts';

const UserItem = v.object({
  id: v.number(),
  /** As typed at registration; keys compare it in lower case. */
  username: v.string(),
  email: v.string(),
  password_hash: v.string(),
  first_name: v.string(),
  last_name: v.string(),
  bio: v.string(),
  avatar: v.nullable(v.string()),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  /** Milliseconds since 1970. */
  updated_at: v.number(),
});

/** A user as stored. Never answer one as it is: views.ts says what others may see. */
export type User = v.InferOutput<typeof UserItem>;

/** A user with the sums over all counter stripes. */
export interface UserWithCounts {
  user: User;
  counts: Counts;
}

/** What a user may change; absent means unchanged. */
export type UserChanges = Partial<Pick<User, 'first_name' | 'last_name' | 'bio' | 'avatar' | 'email'>>;

const IdClaim = v.object({ username: v.string() });
const AccountItem = v.object({ id: v.number(), following_count: v.number() });

/** To whom a name belongs, and how many users it follows. */
export type Account = v.InferOutput<typeof AccountItem>;

/** Parses a user item; see {@link parseItem}. */
export const parseUser = (item: RawItem) => parseItem(UserItem, 'user', item);

/** Which of a new user's unique values somebody else has. */
export type Taken = 'username' | 'email';

/** The parts of the transaction that creates a user, each on condition that it is new. */
export function newUserParts(user: User) {
  const isNew = 'attribute_not_exists(PK)';
  return {
    username: {
      Put: {
        Item: { ...userKey(user.username), ...userIndexKey(user.id, user.updated_at), ...user },
        ConditionExpression: isNew,
      },
    },
    email: {
      Put: { Item: { ...emailKey(user.email), username: user.username }, ConditionExpression: isNew },
    },
    id: { Put: { Item: { ...userIdKey(user.id), username: user.username }, ConditionExpression: isNew } },
    account: { Put: { Item: { ...accountKey(user.username), id: user.id, ...noCounts } } },
  };
}

/**
 * Writes a user with the claims on its id and email address and its first counter stripe, all or nothing.
 * Returns what was taken: nothing when the user was written, else every value that somebody else has.
 */
export async function insertUser(user: User): Promise<Taken[]> {
  try {
    await transact(newUserParts(user));
    return [];
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    const taken = (['username', 'email'] as const).filter((value) => error.failed.has(value));
    if (taken.length === 0) throw error;
    return taken;
  }
}

/** The user of that name in any case, as of now (a consistent read). */
export async function readUser(username: string): Promise<User | undefined> {
  const item = await getItem(userKey(username), { consistent: true });
  return item && parseUser(item);
}

/** The user of that name with all counts, in one read. */
export async function readUserWithCounts(
  username: string,
  { consistent = false }: ReadOptions = {},
): Promise<UserWithCounts | undefined> {
  const items: RawItem[] = [];
  const pages = queryPages({
    KeyConditionExpression: 'PK = :user AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':user': userKey(username).PK, ':prefix': profileAndCounters },
    ConsistentRead: consistent,
  });
  for await (const page of pages) items.push(...page);

  const profile = items.find(({ SK }) => SK === userKey(username).SK);
  if (!profile) return undefined;
  const stripes = items.filter((item) => item !== profile);
  return { user: parseUser(profile), counts: sumCounts(stripes.map(parseCounts)) };
}

/** The users of the given names that exist, in no order; each name once. */
export async function readUsers(usernames: readonly string[]): Promise<User[]> {
  return parseItems(UserItem, 'user', await getItems(usernames.map(userKey)));
}

/** The name of the user with that id (a consistent read). */
export async function readUsername(id: number): Promise<string | undefined> {
  const item = await getItem(userIdKey(id), { consistent: true });
  return item && parseItem(IdClaim, 'id claim', item).username;
}

/** The account of that name, `undefined` when nobody has it: the cheapest way to know that a user exists. */
export async function readAccount(username: string, options?: ReadOptions): Promise<Account | undefined> {
  const item = await getItem(accountKey(username), options);
  return item && parseItem(AccountItem, 'account', item);
}

/**
 * Changes fields other than the email address in one write, touching no field that is not named. The stamp is
 * `updated_at`, or one more than the last when that is not earlier: each change of a user has a later stamp than the
 * one before, whatever clocks say, so a reader can tell which is the last. Returns the user as it is after the write,
 * `undefined` when the name no longer belongs to the id.
 */
export function updateUser(
  { id, username }: Pick<User, 'id' | 'username'>,
  changes: Omit<UserChanges, 'email'>,
  updated_at: number,
): Promise<User | undefined> {
  let stamp = updated_at;
  return retrying(async () => {
    const set = assignments({ ...changes, updated_at: stamp, GSI1SK: userIndexKey(id, stamp).GSI1SK });
    try {
      const item = await updateItem({
        Key: userKey(username),
        UpdateExpression: set.expression,
        ConditionExpression: 'id = :id AND updated_at < :updated_at',
        ExpressionAttributeNames: set.names,
        ExpressionAttributeValues: { ...set.values, ':id': id },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return { value: parseUser(item) };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      const found = refusingItem(error);
      const user = found && parseUser(found);
      if (user?.id !== id) return { value: undefined };
      stamp = Math.max(stamp, user.updated_at + 1);
      return { again: error };
    }
  });
}

/** How a change of the email address ended; `raced` carries the user as another request left it. */
export type EmailUpdate =
  | { outcome: 'updated'; user: User }
  | { outcome: 'email_taken' }
  | { outcome: 'raced'; user: User | undefined };

/**
 * Changes fields, the email address among them, of a user just read: claims the new address and frees the old one
 * with the change, all or nothing. Writes only onto the user as it was read, so the returned user is exact; stamps as
 * {@link updateUser} does.
 */
export async function updateUserWithEmail(
  read: User,
  changes: UserChanges & { email: string },
  now: number,
): Promise<EmailUpdate> {
  const updated_at = Math.max(now, read.updated_at + 1);
  const set = assignments({ ...changes, updated_at, GSI1SK: userIndexKey(read.id, updated_at).GSI1SK });
  const sameClaim = emailKey(read.email).PK === emailKey(changes.email).PK;
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
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  };
  const claims = {
    new_claim: {
      Put: {
        Item: { ...emailKey(changes.email), username: read.username },
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    },
    old_claim: { Delete: { Key: emailKey(read.email) } },
  };
  try {
    await (sameClaim ? transact({ user }) : transact({ user, ...claims }));
    return { outcome: 'updated', user: { ...read, ...changes, updated_at } };
  } catch (error) {
    if (!(error instanceof ConditionsFailed)) throw error;
    if (error.failed.has('user')) {
      const current = error.failed.get('user');
      return { outcome: 'raced', user: current && parseUser(current) };
    }
    return { outcome: 'email_taken' };
  }
}

/** Replaces the password hash, unless the password was changed or the account replaced since it was read. */
export async function replacePasswordHash(read: User, password_hash: string): Promise<void> {
  await updateItem({
    Key: userKey(read.username),
    UpdateExpression: 'SET password_hash = :new',
    ConditionExpression: 'id = :id AND password_hash = :read',
    ExpressionAttributeValues: { ':new': password_hash, ':id': read.id, ':read': read.password_hash },
  }).catch((error) => {
    if (!isConditionFailure(error)) throw error;
  });
}
