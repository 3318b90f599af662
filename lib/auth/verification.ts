import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { LinkToken, readToken } from '../mail/links.ts';
import { takeMail } from '../mail/quota.ts';
import { requireMail } from '../mail/sending.ts';
import { ApiError } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import { readLink, verifyAddress } from '../table/links.ts';
import { insertMail } from '../table/mails.ts';
import { readUser } from '../table/users.ts';
import { ownedBy } from './identity.ts';
import { logSecurity } from './securityLog.ts';

/** What a mailed link is sent on as. */
export const EmailVerification = v.object({ token: LinkToken });

interface Origin {
  source_ip: string;
  clock: Clock;
}

/**
 * Notes that the address is its user's. Doing so again succeeds again, as long as the link lives and the account has
 * that address; else throws `link_not_valid`.
 */
export async function verifyEmail(
  { token }: v.InferOutput<typeof EmailVerification>,
  { source_ip, clock }: Origin,
): Promise<void> {
  requireMail();
  const name = readToken('verification', token);
  const link = await readLink(name, clock());
  if (!link || !(await verifyAddress(name, link, clock()))) throw new ApiError('link_not_valid');
  logSecurity('email_verified', link, source_ip);
}

/**
 * Has another link mailed to the caller's address, unless it is verified already. Throws `throttled` when enough were.
 */
export async function requestVerification(caller: Caller, clock: Clock): Promise<void> {
  requireMail();
  const user = ownedBy(caller, await readUser(caller.username));
  if (user.email_verified_at !== undefined) return;
  const mail = { kind: 'verification', to: user.email } as const;
  const wait = await takeMail(user.id, mail, clock());
  if (wait !== undefined) throw new ApiError('throttled', { retry_after: wait });
  await insertMail(user.username, { kind: 'verification', id: user.id, granted: [mail.kind] }, clock());
}
