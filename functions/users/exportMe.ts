import { AccountExport, ExportQuery, exportAccount } from '../../lib/accounts/export.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  { operation: 'exportMe', caller: 'required', query: ExportQuery, answer: AccountExport },
  ({ caller, query, clock }) => exportAccount(caller, query, clock),
);
