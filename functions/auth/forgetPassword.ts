import * as v from 'valibot';
import { ForgottenPassword, forgetPassword } from '../../lib/auth/forgottenPassword.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'forgetPassword',
    caller: 'none',
    body: ForgottenPassword,
    status: 202,
    answer: v.object({ message: v.string() }),
  },
  async ({ body, ...origin }) => {
    await forgetPassword(body, origin);
    return { message: 'If an account has this address, a link is on its way' };
  },
);
