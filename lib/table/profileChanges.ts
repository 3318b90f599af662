import { afterLast, type Clock } from '../clock.ts';
import { assignments, type Caller, isCallers } from './items.ts';
import { emailKey, mailboxOf, userIndexKey, userKey } from './keys.ts';
import { type Limit, UNLIMITED } from './quotas.ts';
import { getItem } from './read.ts';
import { type Attempt, retrying } from './retry.ts';
import type { RawItem } from './send.ts';
import { parseUser, USER_ATTRIBUTES, type User } from './users.ts';
import { countInWindow, type Parts, type Window } from './windows.ts';
import { IS_NEW, transact, updateItem, type Write } from './write.ts';

/** What a user may change; absent means unchanged. */
export type ProfileChanges = Partial<Pick<User, 'email' | 'first_name' | 'last_name' | 'bio' | 'avatar'>>;

/** How a change ended; `throttled` after too many of them, for so many seconds. */
export type ChangeOutcome =
  | { outcome: 'updated'; user: User }
  | { outcome: 'account_gone' | 'email_taken' }
  | { outcome: 'throttled'; seconds: number };

/** Where a profile counts its changes. */
const CHANGES: Window = { count: 'change_count', end: 'changes_end' };

const ATTRIBUTES = [...USER_ATTRIBUTES, ...Object.values(CHANGES)];

/**
 * Changes fields other than the email address, touching no field that is not named. Every change of a user raises
 * `updated_at`, so that a reader can tell which one is the last, whatever clocks say: to the time (ms), or by a
 * millisecond, which the table itself adds, where another change has that time, a later one, or got ahead of an earlier
 * try. So any number of changes at once succeed. Changes are counted against `limit` in the same item: the first one in
 * a window, and every one without a limit, takes one write; another one is refused first, and takes two.
 */
export function updateUser(
  caller: Caller,
  changes: Omit<ProfileChanges, 'email'>,
  clock: Clock,
  limit = UNLIMITED,
): Promise<ChangeOutcome> {
  const { id, username } = caller;
  const own = isCallers(caller);
  const write = (feed_time: number, ...parts: Parts[]) => {
    const set = assignments({ ...changes, GSI1SK: userIndexKey(id, feed_time).GSI1SK });
    return updateItem({
      Key: userKey(username),
      UpdateExpression: [set.expression, ...parts.flatMap((part) => part.set)].join(', '),
      ConditionExpression: [own.condition, ...parts.flatMap(({ conditions }) => conditions)].join(' AND '),
      ExpressionAttributeNames: set.names,
      ExpressionAttributeValues: Object.assign(
        { ...set.values, ...own.values },
        ...parts.map((p) => p.values),
      ),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  };
  let found: RawItem | undefined;
  let tried_at = Number.POSITIVE_INFINITY;
  return retrying(async (): Promise<Attempt<ChangeOutcome>> => {
    const now = clock();
    const last = found ? parseUser(found).updated_at : 0;
    const counted = countInWindow(CHANGES, found, now, limit, 'begins');
    if ('seconds' in counted) return { value: { outcome: 'throttled', ...counted } };
    // Whom others outran once takes the moment after them, or they could outrun every try.
    const outrun = last >= Math.min(now, tried_at);
    tried_at = now;
    const written = await write(outrun ? last + 1 : now, outrun ? stampAfter : stampNow(now), counted);
    if (written.done) return { value: { outcome: 'updated', user: parseUser(written.item) } };
    const at_once = found === undefined;
    found = written.item;
    const user = found && parseUser(found);
    if (user?.id !== id || user.epoch !== caller.epoch) return { value: { outcome: 'account_gone' } };
    return { again: new Error('Other changes got in between.'), at_once };
  });
}

/** Where the last change was earlier, by the clock, as far as is known. */
const stampNow = (now: number): Parts => ({
  set: ['updated_at = :now'],
  conditions: ['updated_at < :now'],
  values: { ':now': now },
});

/** Where another change has the time of this try or of the one before, or a later one: just after it, whatever it is by then. */
const stampAfter: Parts = {
  set: ['updated_at = updated_at + :one'],
  conditions: [],
  values: { ':one': 1 },
};

/**
 * Changes fields, the email address among them or not, of the user as just read, so that the user is known before it is
 * written: a new address is claimed and the old one freed with the change, and `also`, which is told the old address where it is another mailbox, what goes along, all or nothing.
 * Where another change gets in between, reads again after a pause. Stamps the time (ms), or what is later than the stamp
 * that was read; counts against `limit`.
 */
export function updateUserExactly(
  caller: Caller,
  changes: ProfileChanges,
  clock: Clock,
  {
    limit = UNLIMITED,
    also,
  }: {
    limit?: Limit;
    also?: (user: User, old_email: string | undefined) => Record<string, Write> | undefined;
  } = {},
): Promise<ChangeOutcome> {
  return retrying(async (): Promise<Attempt<ChangeOutcome>> => {
    const item = await getItem(userKey(caller.username), { consistent: true, attributes: ATTRIBUTES });
    const read = item && parseUser(item);
    if (read?.id !== caller.id || read.epoch !== caller.epoch) return { value: { outcome: 'account_gone' } };
    const now = clock();
    const counted = countInWindow(CHANGES, item, now, limit, 'begins');
    if ('seconds' in counted) return { value: { outcome: 'throttled', ...counted } };
    const user: User = { ...read, ...changes, updated_at: afterLast(now, read.updated_at) };
    const moves = hasMoved(read, user);
    if (moves) delete user.email_verified_at;
    const writes = {
      user: changeOf(read, user, changes, counted),
      ...(moves && emailClaims(read, user)),
      ...also?.(user, moves ? read.email : undefined),
    };
    const transacted = await transact(writes as Record<string, Write>);
    if (transacted.done) return { value: { outcome: 'updated', user } };
    if (!transacted.refused.has('user')) return { value: { outcome: 'email_taken' } };
    return { again: new Error('Another change got in between.') };
  });
}

/** Whether the address is another mailbox now, not the same one spelled in another way. */
const hasMoved = (read: User, { email }: User) => mailboxOf(read.email) !== mailboxOf(email);

function changeOf(read: User, user: User, changes: ProfileChanges, counted: Parts): Write {
  const { updated_at } = user;
  const set = assignments({ ...changes, updated_at, GSI1SK: userIndexKey(read.id, updated_at).GSI1SK });
  const own = isCallers(read);
  const removal = hasMoved(read, user) ? ' REMOVE email_verified_at' : '';
  const as_read = [own.condition, 'email = :read_email', 'updated_at = :read_at'];
  return {
    Update: {
      Key: userKey(read.username),
      UpdateExpression: [set.expression, ...counted.set].join(', ') + removal,
      ConditionExpression: [...as_read, ...counted.conditions].join(' AND '),
      ExpressionAttributeNames: set.names,
      ExpressionAttributeValues: {
        ...set.values,
        ...counted.values,
        ...own.values,
        ':read_email': read.email,
        ':read_at': read.updated_at,
      },
    },
  };
}

/** What claims the new address and frees the old one. */
function emailClaims(read: User, { username, email }: User): Record<string, Write> {
  return {
    new_claim: { Put: { Item: { ...emailKey(email), username }, ConditionExpression: IS_NEW } },
    old_claim: {
      Delete: {
        Key: emailKey(read.email),
        ConditionExpression: 'attribute_not_exists(PK) OR username = :username',
        ExpressionAttributeValues: { ':username': username },
      },
    },
  };
}
