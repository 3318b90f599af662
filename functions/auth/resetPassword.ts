import * as v from 'valibot';
import { PasswordReset, resetPassword } from '../../lib/auth/passwordReset.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'resetPassword',
    caller: 'none',
    body: PasswordReset,
    errors: ['link_not_valid'],
    answer: v.object({ message: v.string() }),
  },
  async ({ body, ...origin }) => {
    await resetPassword(body, origin);
    return { message: 'The password is changed; please log in' };
  },
);
