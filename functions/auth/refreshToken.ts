import * as v from 'valibot';
import { RefreshRequest, refreshAccess } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'refreshToken',
    caller: 'none',
    body: RefreshRequest,
    errors: ['token_not_valid', 'token_reused', 'account_suspended'],
    answer: v.object({ access: v.string(), refresh: v.exactOptional(v.string()) }),
  },
  ({ body, clock }) => refreshAccess(body, clock),
);
