import * as v from 'valibot';
import { Defect } from '../problems.ts';
import { type Counts, noCounts, parseCounts, sumCounts } from './counters.ts';
import { type Identity, parseItem, parseItems } from './items.ts';
import {
  accountKey,
  emailKey,
  mailboxOf,
  profileAndCountersOf,
  userIdKey,
  userIndexKey,
  userKey,
} from './keys.ts';
import { getItem, getItems, projection, queryAll, type ReadOptions, startingWith } from './read.ts';
import type { RawItem } from './send.ts';
import { CredentialItem, isActive, UserItem } from './userItem.ts';
import { IS_NEW, transact, updateItem, type Write } from './write.ts';

/** A user as stored, without the password's hash: that leaves the table as part of a {@link Credential} only. */
export type User = v.InferOutput<typeof UserItem>;

/** A user with the hash that a password is compared with. */
export type Credential = v.InferOutput<typeof CredentialItem>;

/** What a {@link User} consists of. */
export const USER_ATTRIBUTES = Object.keys(UserItem.entries);

const ListItem = v.pick(UserItem, ['id', 'username', 'first_name', 'last_name', 'avatar']);
const MarkedItem = v.object({
  ...ListItem.entries,
  ...v.pick(UserItem, ['suspended_at', 'deleted_at']).entries,
});
const AvatarItem = v.pick(UserItem, ['username', 'avatar']);

/** What a list shows of a user. */
export type UserInList = v.InferOutput<typeof ListItem>;

/** A user with the sums over all counter stripes. */
export type UserWithCounts = User & { counts: Counts };

const PROFILE_ATTRIBUTES = [...new Set(['SK', ...USER_ATTRIBUTES, ...Object.keys(noCounts)])];

export const Claim = v.object({ username: v.string() });
/** A user who is out of sight has no name there. */
export const IdClaim = v.object({ username: v.optional(v.string()) });
/** Parses a user item; see {@link parseItem}. */
export const parseUser = (item: RawItem) => parseItem(UserItem, 'user', item);

/** Parses a user item with its hash; see {@link parseItem}. */
export const parseCredential = (item: RawItem) => parseItem(CredentialItem, 'user', item);

/** Which of a new user's unique values somebody else has; the username, where both are taken. */
export type Taken = 'username' | 'email';

/** The writes that create a user, each on condition that it is new; with counts that other services have given so far. */
export const newUserWrites = (user: Credential, counts: Partial<Counts> = {}) =>
  ({
    username: {
      Put: {
        Item: { ...userKey(user.username), ...userIndexKey(user.id, user.updated_at), ...user },
        ConditionExpression: IS_NEW,
      },
    },
    email: {
      Put: { Item: { ...emailKey(user.email), username: user.username }, ConditionExpression: IS_NEW },
    },
    id: { Put: { Item: { ...userIdKey(user.id), username: user.username }, ConditionExpression: IS_NEW } },
    account: { Put: { Item: { ...accountKey(user.username), id: user.id, ...noCounts, ...counts } } },
  }) satisfies Record<string, Write>;

/**
 * Writes a user with the claims on its id and email address and its first counter stripe, all or nothing, `also` what
 * goes along. Returns what was taken: nothing when the user was written.
 */
export async function insertUser(user: Credential, also?: Record<string, Write>): Promise<Taken | undefined> {
  const transacted = await transact<string>({ ...newUserWrites(user), ...also });
  if (transacted.done) return undefined;
  const taken = (['username', 'email'] as const).find((value) => transacted.refused.has(value));
  if (!taken) throw new Defect('An id of the sequence was given away before.');
  return taken;
}

/** The user of that name in any case, as of now (a consistent read); also one that is out of sight. */
export async function readUser(username: string): Promise<User | undefined> {
  const item = await getItem(userKey(username), { consistent: true, attributes: USER_ATTRIBUTES });
  return item && parseUser(item);
}

/** The user of that name with all counts, in one read; `undefined` for one that is out of sight. */
export async function readUserWithCounts(
  username: string,
  options?: ReadOptions,
): Promise<UserWithCounts | undefined> {
  const found = await readAnyUserWithCounts(username, options);
  return found && isActive(found) ? found : undefined;
}

/** The user of that name with all counts, in one read; also one that is out of sight. */
export async function readAnyUserWithCounts(
  username: string,
  { consistent = false }: ReadOptions = {},
): Promise<UserWithCounts | undefined> {
  const { SK } = userKey(username);
  const items = await queryAll({
    ...startingWith(profileAndCountersOf(username)),
    ConsistentRead: consistent,
    ...projection(PROFILE_ATTRIBUTES),
  });
  const profile = items.find((item) => item.SK === SK);
  if (!profile) return undefined;
  const stripes = items.filter((item) => item !== profile);
  return { ...parseUser(profile), counts: sumCounts(stripes.map(parseCounts)) };
}

/** The users of the given names that can be seen, as lists show them, in no order; each name once. */
export async function readUsers(usernames: readonly string[]): Promise<UserInList[]> {
  const items = await getItems(usernames.map(userKey), { attributes: Object.keys(MarkedItem.entries) });
  return parseItems(MarkedItem, 'user', items).filter(isActive);
}

/** The avatars of the given users, by their names in lower case; each name once. */
export async function readAvatars(usernames: readonly string[]): Promise<Map<string, string | null>> {
  const items = await getItems(usernames.map(userKey), { attributes: Object.keys(AvatarItem.entries) });
  const found = parseItems(AvatarItem, 'user', items);
  return new Map(found.map(({ username, avatar }) => [username.toLowerCase(), avatar]));
}

/** The name of the user with that id (a consistent read); `undefined` for one that is out of sight. */
export async function readUsername(id: number): Promise<string | undefined> {
  const item = await getItem(userIdKey(id), { consistent: true, attributes: Object.keys(IdClaim.entries) });
  return item && parseItem(IdClaim, 'id claim', item).username;
}

/** The user who has that address, in any spelling of its mailbox (consistent reads); not one that is out of sight. */
export async function readUserByEmail(email: string): Promise<User | undefined> {
  const options = { consistent: true, attributes: Object.keys(Claim.entries) };
  const item = await getItem(emailKey(email), options);
  const user = item && (await readUser(parseItem(Claim, 'email claim', item).username));
  // In between, the address may have become somebody else's.
  return user && isActive(user) && mailboxOf(user.email) === mailboxOf(email) ? user : undefined;
}

/** Whether somebody has that name: what a registration asks of it, at half the price. */
export async function isUsernameTaken(username: string): Promise<boolean> {
  return (await getItem(userKey(username), { attributes: ['id'] })) !== undefined;
}

/** Replaces the password hash, unless the password was changed or the account replaced since it was read. */
export async function replacePasswordHash(read: Credential, password_hash: string): Promise<void> {
  await updateItem({
    Key: userKey(read.username),
    UpdateExpression: 'SET password_hash = :new',
    ConditionExpression: 'id = :id AND password_hash = :read',
    ExpressionAttributeValues: { ':new': password_hash, ':id': read.id, ':read': read.password_hash },
  });
}

/** Notes that the address of a user was shown to be the user's own, at `now` (ms). */
export async function noteVerifiedEmail({ id, username }: Identity, now: number): Promise<void> {
  await updateItem({
    Key: userKey(username),
    UpdateExpression: 'SET email_verified_at = :now',
    ConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':now': now, ':id': id },
  });
}
