import { LogoutRequest, logout } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { Message } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'logout',
    caller: 'required',
    body: LogoutRequest,
    answer: Message,
  },
  async ({ caller, body, ...origin }) => {
    await logout(caller, body.refresh, origin);
    return { message: 'Successfully logged out' };
  },
);
