import { config } from '../config.ts';
import { ApiError } from '../problems.ts';

/** Whether this deployment sends mail: it says from whom, and where links lead. */
export const SENDS_MAIL = config.MAIL_FROM !== undefined && config.APP_URL !== undefined;

/** A day: nobody sets up mail while a client waits. */
const RETRY_AFTER = 24 * 60 * 60;

/** Throws `unavailable` where no mail is sent. */
export function requireMail(): void {
  if (SENDS_MAIL) return;
  throw new ApiError('unavailable', { detail: 'This service sends no mail.', retry_after: RETRY_AFTER });
}
