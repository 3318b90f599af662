import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { Email } from '../fields.ts';
import { LinkToken, readToken } from '../mail/links.ts';
import { requireMail } from '../mail/sending.ts';
import { ApiError } from '../problems.ts';
import { pseudonym } from '../pseudonym.ts';
import { mailboxOf } from '../table/keys.ts';
import { readLinkAndUser, resetPassword as replacePassword } from '../table/links.ts';
import { insertForgotten } from '../table/mails.ts';
import type { Limit } from '../table/quotas.ts';
import { refuseCrowds } from './crowds.ts';
import { refuseResemblance } from './passwordChange.ts';
import { blameDifference, comparing, newPasswordTwice } from './passwordRules.ts';
import { hashPassword } from './passwords.ts';
import { logSecurity } from './securityLog.ts';

/** Whose password is forgotten. */
export const ForgottenPassword = v.object({ email: Email });

/** What a mailed link and a new password are sent on as. */
export const PasswordReset = v.pipe(
  v.object({ token: LinkToken, ...newPasswordTwice }),
  comparing((fields, blame) => blameDifference(fields, blame, 'new_password')),
);

interface Origin {
  source_ip: string;
  clock: Clock;
}

/** How many forgotten passwords may come from one source. */
const SOURCE_LIMITS: Limit[] = [{ times: config.FORGOTTEN_PER_HOUR, within: 60 * 60 }];

/**
 * Has a link mailed to whoever has the address. Whether anybody does plays no part here, neither in the answer nor in the
 * work, and is found out when the mail is to go. Throws `throttled` when too many come from one source.
 */
export async function forgetPassword(
  { email }: v.InferOutput<typeof ForgottenPassword>,
  { source_ip, clock }: Origin,
): Promise<void> {
  requireMail();
  await refuseCrowds('FORGOTTEN', source_ip, SOURCE_LIMITS, clock());
  await insertForgotten(pseudonym('mailbox', mailboxOf(email)), email, clock());
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
