import { ApiError } from '../problems.ts';
import { type Account, readAccount } from '../table/accounts.ts';
import type { Caller } from '../table/items.ts';
import type { ReadOptions } from '../table/read.ts';

/**
 * The account that a verified token names; throws `token_not_valid` when the name is gone or belongs to another id, and
 * when the account takes the token no longer. Reads at half price first, and asks consistently only before it refuses,
 * so that a registration of a moment ago is never refused.
 */
export const requireAccount = (caller: Caller): Promise<Account & Caller> => requireOwn(caller, readAccount);

/** The same with whatever else `read` reads of the account. */
export async function requireOwn<Read extends Account>(
  caller: Caller,
  read: (username: string, options?: ReadOptions) => Promise<Read | undefined>,
): Promise<Read & Caller> {
  const latest = await read(caller.username);
  const account = isOwn(caller, latest) ? latest : await read(caller.username, { consistent: true });
  return { ...ownedBy(caller, account), username: caller.username, sid: caller.sid };
}

/**
 * What was read of the caller's account; throws `token_not_valid` when it is gone, belongs to another id, or takes the
 * token no longer.
 */
export function ownedBy<T extends Owned>(caller: Owned, found: T | undefined): T {
  if (!isOwn(caller, found)) throw new ApiError('token_not_valid');
  return found;
}

type Owned = Pick<Caller, 'id' | 'epoch'>;

const isOwn = <T extends Owned>({ id, epoch }: Owned, found: T | undefined): found is T =>
  found?.id === id && found.epoch === epoch;
