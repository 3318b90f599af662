import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { ReportReceipt, ReportRequest, report } from '../../lib/social/reports.ts';

export const handler = endpoint(
  {
    operation: 'reportUser',
    caller: 'required',
    path: UserPath,
    body: ReportRequest,
    repeatable: {},
    status: 202,
    answer: ReportReceipt,
  },
  ({ caller, path, body, ...request }) => report(caller, path.username, body, request),
);
