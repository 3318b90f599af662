import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { LinkToken, readToken } from '../mail/links.ts';
import { requireMail } from '../mail/sending.ts';
import { ApiError } from '../problems.ts';
import { readLinkAndUser, resetPassword as replacePassword } from '../table/links.ts';
import { refuseResemblance } from './passwordChange.ts';
import { blameDifference, comparing, newPasswordTwice } from './passwordRules.ts';
import { hashPassword } from './passwords.ts';
import { logSecurity } from './securityLog.ts';

/** What a mailed link and a new password are sent on as. */
export const PasswordReset = v.pipe(
  v.object({ token: LinkToken, ...newPasswordTwice }),
  comparing((fields, blame) => blameDifference(fields, blame, 'new_password')),
);

interface Origin {
  source_ip: string;
  clock: Clock;
}

/**
 * Sets a new password for the user to whom the link was mailed, and ends every session. Throws `link_not_valid` for a
 * link that is unknown, used, expired, or older than the last change of the password; of any number at once, one wins.
 */
export async function resetPassword(
  { token, new_password }: v.InferOutput<typeof PasswordReset>,
  { source_ip, clock }: Origin,
): Promise<void> {
  requireMail();
  const name = readToken('reset', token);
  const found = await readLinkAndUser(name, clock());
  if (!found || found.user.id !== found.link.id) throw new ApiError('link_not_valid');
  refuseResemblance(new_password, found.user);
  const password_hash = await hashPassword(new_password);
  if (!(await replacePassword(name, found.link, password_hash, clock())))
    throw new ApiError('link_not_valid');
  logSecurity('password_reset', found.user, source_ip);
}
