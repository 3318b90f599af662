import * as v from 'valibot';
import { afterLast, toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { accountKey, linkKey, userKey } from './keys.ts';
import { getItem, getItems } from './read.ts';
import type { Key } from './send.ts';
import { isActive } from './userItem.ts';
import { parseUser, USER_ATTRIBUTES, type User } from './users.ts';
import { putItem, transact, updateItem, type Write } from './write.ts';

/** Under what a mailed link is stored. */
export interface LinkName {
  username: string;
  purpose: string;
  /** Of its token. */
  hash: string;
}

export const LinkItem = v.object({
  /** The account that it was sent to. */
  id: v.number(),
  /** The address that it verifies. */
  email: v.optional(v.string()),
  /** When the password that it resets had been changed by then: another change, and the link is dead. */
  password_changed_at: v.optional(v.number()),
  /** Seconds since 1970. */
  expires_at: v.number(),
});

/** What a mailed link is good for. */
export type Link = v.InferOutput<typeof LinkItem>;

const ATTRIBUTES = Object.keys(LinkItem.entries);

const keyOf = ({ username, purpose, hash }: LinkName) => linkKey(username, purpose, hash);

/** Stores a link. */
export const insertLink = (name: LinkName, link: Link): Promise<void> =>
  putItem({ Item: { ...keyOf(name), ...link } });

const alive = (link: Link, now: number) => (link.expires_at > toSeconds(now) ? link : undefined);

/** The link of that name that is good at `now` (ms), as of now (a consistent read). */
export async function readLink(name: LinkName, now: number): Promise<Link | undefined> {
  const item = await getItem(keyOf(name), { consistent: true, attributes: ATTRIBUTES });
  return item && alive(parseItem(LinkItem, 'link', item), now);
}

/** The same, and its user, in one read; nothing for a user who is out of sight. */
export async function readLinkAndUser(
  name: LinkName,
  now: number,
): Promise<{ link: Link; user: User } | undefined> {
  const keys = [keyOf(name), userKey(name.username)];
  const attributes = [...new Set(['SK', ...ATTRIBUTES, ...USER_ATTRIBUTES])];
  const items = await getItems(keys, { consistent: true, attributes });
  const [link, user] = keys.map(({ SK }) => items.find((item) => item.SK === SK));
  const good = link && alive(parseItem(LinkItem, 'link', link), now);
  const owner = user && parseUser(user);
  return good && owner && isActive(owner) ? { link: good, user: owner } : undefined;
}

/** Notes that the address of a link is its user's: `false` when the account has another one, or is gone. */
export async function verifyAddress(name: LinkName, { id, email }: Link, now: number): Promise<boolean> {
  const { done } = await updateItem({
    Key: userKey(name.username),
    UpdateExpression: 'SET email_verified_at = :now',
    ConditionExpression: 'id = :id AND email = :email',
    ExpressionAttributeValues: { ':now': now, ':id': id, ':email': email },
  });
  return done;
}

/**
 * Replaces the password of a link's user at `now` (ms), uses the link up, and begins the account's next epoch, in which
 * none of its older tokens is taken. `false` when the link was used, has expired or was overtaken by another change.
 */
export async function resetPassword(
  name: LinkName,
  { id, password_changed_at: last }: Link,
  password_hash: string,
  now: number,
): Promise<boolean> {
  const raised = 'epoch = if_not_exists(epoch, :zero) + :one';
  const raise = (Key: Key, set: string, condition: string, values: object): Write => ({
    Update: {
      Key,
      UpdateExpression: `SET ${set}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':id': id, ':zero': 0, ':one': 1, ...values },
    },
  });
  const { username } = name;
  const change = 'password_hash = :hash, password_changed_at = :now';
  const as_sent =
    last === undefined ? 'attribute_not_exists(password_changed_at)' : 'password_changed_at = :last';
  const { done } = await transact<string>({
    link: {
      Delete: {
        Key: keyOf(name),
        ConditionExpression: 'expires_at > :seconds',
        ExpressionAttributeValues: { ':seconds': toSeconds(now) },
      },
    },
    user: raise(userKey(username), `${change}, ${raised}`, `id = :id AND ${as_sent}`, {
      ':hash': password_hash,
      ':now': afterLast(now, last),
      ...(last !== undefined && { ':last': last }),
    }),
    account: raise(accountKey(username), raised, 'id = :id', {}),
  });
  return done;
}
