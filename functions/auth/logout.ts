import * as v from 'valibot';
import { logout, RefreshRequest } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'logout',
    caller: 'required',
    body: RefreshRequest,
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, body, clock }) => {
    await logout(caller, body.refresh, clock);
    return { message: 'Successfully logged out' };
  },
);
