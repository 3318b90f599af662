import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { REPORT_REASONS } from '../fields.ts';
import { ApiError } from '../problems.ts';
import { readAccount } from '../table/accounts.ts';
import type { Caller } from '../table/items.ts';
import type { Limit } from '../table/quotas.ts';
import type { Remember } from '../table/repetitions.ts';
import { insertReport } from '../table/reports.ts';
import { isActive } from '../table/userItem.ts';
import { prose } from '../text.ts';

/** What a report says. */
export const ReportRequest = v.object({
  reason: v.picklist(REPORT_REASONS, `This must be one of ${REPORT_REASONS.join(', ')}.`),
  text: v.optional(prose(1000), ''),
});

/** What a report is answered with. */
export const ReportReceipt = v.object({ message: v.string() });

/** How many reports a caller may make. They are counted where there is no limit, too: that proves the token. */
const REPORTS: Limit = {
  times: Math.min(config.REPORTS_PER_DAY, Number.MAX_SAFE_INTEGER),
  within: 24 * 60 * 60,
};

interface Origin {
  clock: Clock;
  remember?: Remember | undefined;
}

/**
 * Tells moderators of the user of that name, also of one who blocks the caller: nobody gets out of a report by blocking.
 * They hear of it by an event, and find the text in the table.
 */
export async function report(
  caller: Caller,
  username: string,
  { reason, text }: v.InferOutput<typeof ReportRequest>,
  { clock, remember }: Origin,
): Promise<v.InferOutput<typeof ReportReceipt>> {
  const reported = await readAccount(username, { consistent: true });
  if (!reported || !isActive(reported)) throw new ApiError('not_found');
  const receipt = { message: 'Thank you. Moderators have been told.' };
  const outcome = await insertReport(
    caller,
    {
      ...{ report_id: randomUUID(), reported: reported.id, reported_username: username.toLowerCase() },
      ...{ reason, text, created_at: clock() },
    },
    { limit: REPORTS, also: remember?.(receipt) },
  );
  if (outcome === 'account_gone') throw new ApiError('token_not_valid');
  if (outcome !== 'done') throw new ApiError('throttled', { retry_after: outcome.throttled });
  return receipt;
}
