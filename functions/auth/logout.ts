import * as v from 'valibot';
import { LogoutRequest, logout } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'logout',
    caller: 'required',
    body: LogoutRequest,
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, body, ...origin }) => {
    await logout(caller, body.refresh, origin);
    return { message: 'Successfully logged out' };
  },
);
