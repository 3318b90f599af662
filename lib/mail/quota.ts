import { config } from '../config.ts';
import { pseudonym } from '../pseudonym.ts';
import { mailboxOf } from '../table/keys.ts';
import { type Limit, takeFromQuota } from '../table/quotas.ts';
import type { Letter } from './letters.ts';

/** How many letters of one kind an account may cause, and a mailbox may get from whatever accounts. */
const LIMITS: Limit[] = [{ times: config.MAILS_PER_HOUR, within: 60 * 60 }];

/**
 * Counts a letter on behalf of an account, at `now` (ms). Answers the seconds until the next one when enough went;
 * then it must not go. Whoever changes addresses, or accounts, does not fill a stranger's mailbox by that.
 */
export async function takeMail(
  id: number,
  { kind, to }: Pick<Letter, 'kind' | 'to'>,
  now: number,
): Promise<number | undefined> {
  const names = [pseudonym('letter', kind, String(id)), pseudonym('letter', kind, mailboxOf(to))];
  const waits = await Promise.all(names.map((name) => takeFromQuota('MAIL', name, LIMITS, now)));
  const longest = Math.max(...waits.map((seconds = 0) => seconds));
  return longest > 0 ? longest : undefined;
}
