import { TokenNotValid } from '../errors.ts';
import { type Account, readAccount } from '../table/users.ts';

/** Whom a token names. */
export interface Identity {
  id: number;
  username: string;
}

/**
 * The account that a verified token names; throws `TokenNotValid` when the name is gone or belongs to another id.
 * Reads at half price first, and asks consistently only before it refuses, so that a registration of a moment ago
 * is never refused.
 */
export async function requireAccount({ id, username }: Identity): Promise<Identity & Account> {
  for (const consistent of [false, true]) {
    const account = await readAccount(username, { consistent });
    if (account?.id === id) return { ...account, username };
  }
  throw new TokenNotValid();
}

/** What was read of the caller's own account, unless it is gone or belongs to another id: then `TokenNotValid`. */
export function requireOwn<T>(found: T | undefined, account_id: number | undefined, { id }: Identity): T {
  if (found === undefined || account_id !== id) throw new TokenNotValid();
  return found;
}
