import { ApiError } from '../problems.ts';
import type { Identity } from '../table/items.ts';
import { type Account, readAccount } from '../table/users.ts';

/**
 * The account that a verified token names; throws `token_not_valid` when the name is gone or belongs to another id.
 * Reads at half price first, and asks consistently only before it refuses, so that a registration of a moment ago
 * is never refused.
 */
export async function requireAccount({ id, username }: Identity): Promise<Account & Identity> {
  const isOwn = (account: Account | undefined) => account?.id === id;
  const latest = await readAccount(username);
  const account = isOwn(latest) ? latest : await readAccount(username, { consistent: true });
  return { ...ownedBy(id, account), username };
}

/** What was read of an account; throws `token_not_valid` when it is gone or belongs to another id. */
export function ownedBy<T extends { id: number }>(id: number, found: T | undefined): T {
  if (found?.id !== id) throw new ApiError('token_not_valid');
  return found;
}
