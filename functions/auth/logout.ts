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
  async ({ caller, body, source_ip, clock }) => {
    await logout(caller, body.refresh, source_ip, clock);
    return { message: 'Successfully logged out' };
  },
);
