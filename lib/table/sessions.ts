import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { type Caller, type Identity, parseItem, parseItems } from './items.ts';
import { accountKey, revokedTokenKey, sessionKey, sessionsOf, userKey } from './keys.ts';
import { getItems, projection, queryAll } from './read.ts';
import { deleteItem, putItem, transact, type Updated, updateItem, type Write } from './write.ts';

const SessionItem = v.object({
  sid: v.string(),
  /** What the user knows the device by. */
  device: v.string(),
  /** The account's epoch when the session began. */
  epoch: v.number(),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  /** Milliseconds since 1970; lags by up to an hour. */
  last_used_at: v.number(),
  /** The last generation of its refresh tokens that was used; see rotation.ts. */
  generation: v.number(),
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
export async function readSessions(username: string, now: number): Promise<Session[]> {
  const { PK, prefix } = sessionsOf(username);
  const { ExpressionAttributeNames, ProjectionExpression } = projection(ATTRIBUTES) ?? {};
  const items = await queryAll({
    KeyConditionExpression: 'PK = :user AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':user': PK, ':prefix': prefix },
    ExpressionAttributeNames,
    ProjectionExpression,
  });
  return parseItems(SessionItem, 'session', items).filter(({ expires_at }) => expires_at > toSeconds(now));
}

const Standing = v.object({
  SK: v.string(),
  id: v.optional(v.number()),
  epoch: v.optional(v.number(), 0),
  expires_at: v.optional(v.number(), 0),
});

/** What a refresh token is good for: its account as it is now, and its session, if both are still there. */
export interface TokenStanding {
  account: { id: number; epoch: number } | undefined;
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
  const { id, epoch = 0 } = owner ? parseItem(Standing, 'account', owner) : {};
  const item = found.get(other.SK);
  const lives = item && parseItem(Standing, 'session or revoked token', item).expires_at > toSeconds(now);
  return {
    account: id === undefined ? undefined : { id, epoch },
    session: lives && sid !== undefined ? parseItem(SessionItem, 'session', item) : undefined,
    ended: sid === undefined ? lives === true : !lives,
  };
}

/** Notes that a session was used, provided that its generation is still the one that was read. */
export const useSession = (
  username: string,
  read: Session,
  used: Pick<Session, 'generation' | 'last_used_at' | 'expires_at'>,
): Promise<Updated> =>
  updateItem({
    Key: sessionKey(username, read.sid),
    UpdateExpression: 'SET generation = :generation, last_used_at = :last_used_at, expires_at = :expires_at',
    ConditionExpression: 'generation = :read',
    ExpressionAttributeValues: {
      ':generation': used.generation,
      ':last_used_at': used.last_used_at,
      ':expires_at': used.expires_at,
      ':read': read.generation,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

/** The session that refused a {@link useSession}; `undefined` when it has ended. */
export const sessionIn = ({ item }: Updated): Session | undefined =>
  item && parseItem(SessionItem, 'session', item);

/** Ends a session: `false` when there was none. */
export const deleteSession = (username: string, sid: string): Promise<boolean> =>
  deleteItem(sessionKey(username, sid));

/** A user's profile and first stripe, on which the epoch is. */
type EpochWrites = Record<'user' | 'account', Write>;

/**
 * The writes that begin the account's next epoch, in which of all older tokens none is taken, and of all sessions only
 * `kept` lives on. `set`: what else changes on the profile, as an update expression. Refused when the account takes the
 * caller's token no longer.
 */
export function nextEpoch(
  { id, username, epoch }: Identity & { epoch: number },
  kept: string | undefined,
  profile: { set: string; condition?: string; values: Record<string, unknown> } = { set: '', values: {} },
): EpochWrites {
  const own = epoch === 0 ? '(attribute_not_exists(epoch) OR epoch = :epoch)' : 'epoch = :epoch';
  const values = { ':id': id, ':epoch': epoch, ':next': epoch + 1 };
  return {
    user: {
      Update: {
        Key: userKey(username),
        UpdateExpression: `SET epoch = :next${profile.set}`,
        ConditionExpression: ['id = :id', own, profile.condition].filter(Boolean).join(' AND '),
        ExpressionAttributeValues: { ...values, ...profile.values },
      },
    },
    account: {
      Update: {
        Key: accountKey(username),
        UpdateExpression: kept
          ? 'SET epoch = :next, epoch_session = :kept'
          : 'SET epoch = :next REMOVE epoch_session',
        ConditionExpression: `id = :id AND ${own}`,
        ExpressionAttributeValues: { ...values, ...(kept && { ':kept': kept }) },
      },
    },
  };
}

/** Begins the account's next epoch; see {@link nextEpoch}. `false` when the account takes the caller's token no longer. */
export async function beginEpoch(caller: Caller, kept: string | undefined): Promise<boolean> {
  return (await transact(nextEpoch(caller, kept))).done;
}
