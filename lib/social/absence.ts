import { ApiError, type ErrorCode } from '../problems.ts';
import { readAccount } from '../table/accounts.ts';
import { isBlockedBy } from '../table/blocks.ts';
import type { Caller } from '../table/items.ts';
import { isActive } from '../table/userItem.ts';

/**
 * Why there is nothing between the caller and a user: `code`, said in the words of `detail`, or `not_found` where there is
 * no such user. One who blocks the caller is as good as gone.
 */
export async function absence(
  caller: Caller,
  username: string,
  code: ErrorCode,
  detail?: string,
): Promise<ApiError> {
  const [account, is_hidden] = await Promise.all([
    readAccount(username, { consistent: true }),
    isBlockedBy(caller.username, username),
  ]);
  if (!account || !isActive(account) || is_hidden) return new ApiError('not_found');
  return new ApiError(code, detail === undefined ? {} : { detail });
}
