import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { assignments, type Caller, isCallers, parseItem, parseItems } from './items.ts';
import { accountKey, revokedTokenKey, sessionKey, sessionsOf, userKey } from './keys.ts';
import { getItems, projection, queryAll, type ReadOptions, startingWith } from './read.ts';
import type { Key } from './send.ts';
import type { Credential } from './users.ts';
import { deleteItem, putItem, transact, type Updated, updateItem, type Write } from './write.ts';

export const SessionItem = v.object({
  sid: v.string(),
  /** What the user knows the device by. */
  device: v.string(),
  /** The account's epoch that the session belongs to: it lives as long as the two are the same. */
  epoch: v.number(),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  /** Milliseconds since 1970; lags by up to an hour. */
  last_used_at: v.number(),
  /** The last generation of its refresh tokens that was used; see rotation.ts. */
  generation: v.number(),
  /** The `jti` of the token that was used first in that generation; the first generation has only one. */
  current: v.optional(v.string()),
  /** Seconds since 1970: when its last refresh token expires. */
  expires_at: v.number(),
});

/** A login on one device, for as long as its refresh tokens live. */
export type Session = v.InferOutput<typeof SessionItem>;

const ATTRIBUTES = Object.keys(SessionItem.entries);

/** The write that begins a session, for the transaction that creates its user. */
export const newSession = (username: string, session: Session) => ({
  session: { Put: { Item: { ...sessionKey(username, session.sid), ...session } } } satisfies Write,
});

/** Begins a session of a user who is there already. */
export const insertSession = (username: string, session: Session): Promise<void> =>
  putItem({ Item: { ...sessionKey(username, session.sid), ...session } });

/** All sessions of a user that have not expired at `now` (ms), in no order; those of earlier epochs are among them. */
export async function readSessions(
  username: string,
  now: number,
  { consistent = false }: Pick<ReadOptions, 'consistent'> = {},
): Promise<Session[]> {
  const items = await queryAll({
    ...startingWith(sessionsOf(username)),
    ...projection(ATTRIBUTES),
    ConsistentRead: consistent,
  });
  return parseItems(SessionItem, 'session', items).filter(({ expires_at }) => expires_at > toSeconds(now));
}

const Standing = v.object({
  SK: v.string(),
  id: v.optional(v.number()),
  epoch: v.optional(v.number(), 0),
  suspended_at: v.optional(v.number()),
  expires_at: v.optional(v.number(), 0),
});

/** What a refresh token is good for: its account as it is now, and its session, if both are still there. */
export interface TokenStanding {
  account: { id: number; epoch: number; suspended_at?: number | undefined } | undefined;
  /** `undefined` for the tokens of the first release, which belong to no session. */
  session: Session | undefined;
  /** The token was revoked, or its session has ended. */
  ended: boolean;
}

/** In one consistent read: how a refresh token stands at `now` (ms). What has expired no longer counts, deleted or not. */
export async function readTokenStanding(
  { username, jti, sid }: { username: string; jti: string; sid?: string | undefined },
  now: number,
): Promise<TokenStanding> {
  const account = accountKey(username);
  const other = sid === undefined ? revokedTokenKey(username, jti) : sessionKey(username, sid);
  const attributes = [...new Set([...Object.keys(Standing.entries), ...ATTRIBUTES])];
  const items = await getItems([account, other], { consistent: true, attributes });
  const found = new Map(items.map((item) => [item.SK, item]));
  const owner = found.get(account.SK);
  const { id, epoch = 0, suspended_at } = owner ? parseItem(Standing, 'account', owner) : {};
  const item = found.get(other.SK);
  const lives = item && parseItem(Standing, 'session or revoked token', item).expires_at > toSeconds(now);
  return {
    account: id === undefined ? undefined : { id, epoch, suspended_at },
    session: lives && sid !== undefined ? parseItem(SessionItem, 'session', item) : undefined,
    ended: sid === undefined ? lives === true : !lives,
  };
}

/** Notes that a session was used, provided that its generation and epoch are still the ones that were read. */
export const useSession = (
  username: string,
  read: Session,
  used: Required<Pick<Session, 'generation' | 'current' | 'last_used_at' | 'expires_at'>>,
): Promise<Updated> => {
  const set = assignments(used);
  return updateItem({
    Key: sessionKey(username, read.sid),
    UpdateExpression: set.expression,
    ConditionExpression: 'generation = :read AND epoch = :epoch',
    ExpressionAttributeNames: set.names,
    ExpressionAttributeValues: { ...set.values, ':read': read.generation, ':epoch': read.epoch },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
};

/** The session that refused a {@link useSession}; `undefined` when it has ended. */
export const sessionIn = ({ item }: Updated): Session | undefined =>
  item && parseItem(SessionItem, 'session', item);

/** Ends a session: `false` when there is none under that `sid` in that epoch. */
export const deleteSession = (
  username: string,
  { sid, epoch }: Pick<Session, 'sid' | 'epoch'>,
): Promise<boolean> =>
  deleteItem({
    Key: sessionKey(username, sid),
    ConditionExpression: 'epoch = :epoch',
    ExpressionAttributeValues: { ':epoch': epoch },
  });

/** What else begins with an epoch. */
interface EpochChange {
  /** What changes on the user. */
  user?: Partial<Pick<Credential, 'password_hash' | 'password_changed_at'>>;
  /** What is written along, all or nothing. */
  also?: Record<string, Write> | undefined;
}

/**
 * Begins the account's next epoch, in which none of its older tokens is taken, and of its sessions only the caller's
 * lives on: as if new, with a first refresh token that expires at `expires_at` (seconds). `false` when the account takes
 * the caller's token no longer, or the caller's session has ended.
 */
export async function beginEpoch(
  caller: Caller,
  now: number,
  expires_at: number,
  { user = {}, also }: EpochChange = {},
): Promise<boolean> {
  const { username, epoch, sid } = caller;
  const own = isCallers(caller);
  const next = epoch + 1;
  const raise = (Key: Key, change = {}): Write => {
    const set = assignments({ next, ...change });
    return {
      Update: {
        Key,
        UpdateExpression: set.expression,
        ConditionExpression: own.condition,
        ExpressionAttributeNames: { ...set.names, '#next': 'epoch' },
        ExpressionAttributeValues: { ...own.values, ...set.values },
      },
    };
  };
  const set = assignments({ epoch: next, generation: 0, last_used_at: now, expires_at });
  const session = (sid: string): Write => ({
    Update: {
      Key: sessionKey(username, sid),
      UpdateExpression: `${set.expression} REMOVE #current`,
      ConditionExpression: '#epoch = :read',
      ExpressionAttributeNames: { ...set.names, '#current': 'current' },
      ExpressionAttributeValues: { ...set.values, ':read': epoch },
    },
  });
  const writes: Record<string, Write> = {
    user: raise(userKey(username), user),
    account: raise(accountKey(username)),
    ...(sid !== undefined && { session: session(sid) }),
    ...also,
  };
  return (await transact(writes)).done;
}
