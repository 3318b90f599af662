import { createHmac } from 'node:crypto';
import { config } from './config.ts';

/**
 * What stands for a name or an address where it is only compared, in keys of the table and in the log: the same for
 * the same values in one stage, and worth nothing without the stage's secret. What somebody types into a name field
 * may be a password.
 */
export function pseudonym(...values: string[]): string {
  return createHmac('sha256', config.PSEUDONYM_SECRET)
    .update(JSON.stringify(values))
    .digest('base64url')
    .slice(0, 22);
}
