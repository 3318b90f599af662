import * as v from 'valibot';
import { requirePassword } from '../auth/credentials.ts';
import { logSecurity } from '../auth/securityLog.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import { hideUser } from '../table/removals.ts';
import { NOT_TEXT } from '../text.ts';

/** The password of the account that is to be deleted. Any text will do: one that nobody can have is a wrong one. */
export const DeletionRequest = v.object({ password: v.string(NOT_TEXT) });

/**
 * Deletes the caller's account for good, at once as far as anybody can see: every token is refused, the profile is gone,
 * and so is the card from the next list. What is stored goes within minutes; see eraser.ts. A wrong password is `invalid`.
 */
export async function deleteAccount(
  caller: Caller,
  { password }: v.InferOutput<typeof DeletionRequest>,
  origin: { source_ip: string; clock: Clock },
): Promise<void> {
  const user = await requirePassword(caller, 'password', { password, ...origin });
  if (!(await hideUser(user, 'deleted_at', origin.clock))) throw new ApiError('token_not_valid');
  logSecurity('account_deleted', caller, origin.source_ip);
}
