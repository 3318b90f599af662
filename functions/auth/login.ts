import * as v from 'valibot';
import { LoginRequest, login } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { LoggedInUser } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'login',
    caller: 'none',
    body: LoginRequest,
    errors: ['no_active_account', 'account_suspended'],
    answer: v.object({
      user: LoggedInUser,
      access: v.string(),
      refresh: v.string(),
      device_token: v.exactOptional(v.string()),
    }),
  },
  ({ body, ...origin }) => login(body, origin),
);
