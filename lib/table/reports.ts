import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { REPORT_REASONS } from '../fields.ts';
import { parseAccount } from './accounts.ts';
import { type Caller, isCallers, parseItems } from './items.ts';
import { accountKey, reportKey, reportsOf } from './keys.ts';
import { cutPage, type Page, type PageRequest } from './pages.ts';
import type { Limit } from './quotas.ts';
import { projection, queryPage, startingWith } from './read.ts';
import { type Attempt, retrying } from './retry.ts';
import type { RawItem } from './send.ts';
import { countInWindow, type Parts, type Window } from './windows.ts';
import { IS_NEW, transact, type Write } from './write.ts';

/** Seconds for which moderators find what was written: 90 days. */
const LIFETIME = 90 * 24 * 60 * 60;

export const ReportItem = v.object({
  report_id: v.string(),
  /** Id of the user who is reported. */
  reported: v.number(),
  /** In lower case. */
  reported_username: v.string(),
  reason: v.picklist(REPORT_REASONS),
  text: v.string(),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  /** Seconds since 1970. */
  expires_at: v.number(),
});

type StoredReport = v.InferOutput<typeof ReportItem>;

/** What somebody tells moderators of a user. */
export type Report = Omit<StoredReport, 'expires_at'>;

/** How a report ended; `throttled` after too many, for so many seconds. */
export type ReportOutcome = 'done' | 'account_gone' | { throttled: number };

/** What a user has told moderators and they still find, page by page. Positions are ids of reports. */
export async function readReportsBy(
  reporter: string,
  { after, size }: PageRequest,
): Promise<Page<StoredReport>> {
  const { items } = await queryPage({
    ...startingWith(reportsOf(reporter)),
    Limit: size + 1,
    ...projection(Object.keys(ReportItem.entries)),
    ...(after !== undefined && { ExclusiveStartKey: reportKey(reporter, after) }),
  });
  return cutPage(parseItems(ReportItem, 'report', items), size, ({ report_id }) => report_id);
}

/** Where the reporter's account counts its reports. */
const RECENT: Window = { count: 'recent_reports', end: 'recent_reports_end' };

/**
 * Writes a report and counts it against `limit`, a finite one, on the reporter's account, all or nothing, `also` what goes along. The
 * first try takes it that the reporter's day begins; where it runs, one more follows.
 */
export function insertReport(
  reporter: Caller,
  report: Report,
  { limit, also }: { limit: Limit; also?: Record<string, Write> | undefined },
): Promise<ReportOutcome> {
  const item = {
    ...reportKey(reporter.username, report.report_id),
    ...report,
    reporter: reporter.id,
    expires_at: toSeconds(report.created_at) + LIFETIME,
  };
  let found: RawItem | undefined;
  return retrying(async (): Promise<Attempt<ReportOutcome>> => {
    const counted = countInWindow(RECENT, found, report.created_at, limit, 'begins');
    if ('seconds' in counted) return { value: { throttled: counted.seconds } };
    const transacted = await transact<string>({
      report: { Put: { Item: item, ConditionExpression: IS_NEW } },
      account: countReport(reporter, counted),
      ...also,
    });
    if (transacted.done) return { value: 'done' };
    const at_once = found === undefined;
    found = transacted.refused.get('account');
    const owner = found && parseAccount(found);
    if (owner?.id !== reporter.id || owner.epoch !== reporter.epoch) return { value: 'account_gone' };
    return { again: new Error('The account changed in between.'), at_once };
  });
}

/** Refused, by the account as it is, unless it is the reporter's and takes the token still. */
function countReport(reporter: Caller, { set, conditions, values }: Parts): Write {
  const own = isCallers(reporter);
  return {
    Update: {
      Key: accountKey(reporter.username),
      UpdateExpression: `SET ${set.join(', ')}`,
      ConditionExpression: [own.condition, ...conditions].join(' AND '),
      ExpressionAttributeValues: { ...own.values, ...values },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
