import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { Email } from '../fields.ts';
import { requireMail } from '../mail/sending.ts';
import { pseudonym } from '../pseudonym.ts';
import { mailboxOf } from '../table/keys.ts';
import { insertForgotten } from '../table/mails.ts';
import type { Limit } from '../table/quotas.ts';
import { refuseCrowds } from './crowds.ts';

/** Whose password is forgotten. */
export const ForgottenPassword = v.object({ email: Email });

/** How many forgotten passwords may come from one source. */
const SOURCE_LIMITS: Limit[] = [{ times: config.FORGOTTEN_PER_HOUR, within: 60 * 60 }];

/**
 * Has a link mailed to whoever has the address. Whether anybody does plays no part here, neither in the answer nor in the
 * work, and is found out when the mail is to go. Throws `throttled` when too many come from one source.
 */
export async function forgetPassword(
  { email }: v.InferOutput<typeof ForgottenPassword>,
  { source_ip, clock }: { source_ip: string; clock: Clock },
): Promise<void> {
  requireMail();
  await refuseCrowds('FORGOTTEN', source_ip, SOURCE_LIMITS, clock());
  await insertForgotten(pseudonym('mailbox', mailboxOf(email)), email, clock());
}
