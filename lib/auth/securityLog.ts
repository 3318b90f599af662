import { log } from '../log.ts';
import { pseudonym } from '../pseudonym.ts';
import { sourceOf } from '../sources.ts';

type SecurityEvent =
  | 'registered'
  | 'login_succeeded'
  | 'login_failed'
  | 'logged_out'
  | 'email_changed'
  | 'other_sessions_ended'
  | 'password_changed'
  | 'password_reset'
  | 'email_verified'
  | 'account_deleted';

/**
 * Writes the one line about something that an operator may have to retrace: what happened, to which account (none
 * where nobody has the name), and a pseudonym of where it came from. No name, no address, no secret.
 */
export function logSecurity(event: SecurityEvent, user: { id: number } | undefined, source_ip: string): void {
  const source = pseudonym('source', sourceOf(source_ip).address);
  log.info('security', { event, ...(user && { user_id: user.id }), source });
}
