import * as v from 'valibot';
import { EmailVerification, verifyEmail } from '../../lib/auth/verification.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'verifyEmail',
    caller: 'none',
    body: EmailVerification,
    errors: ['link_not_valid'],
    answer: v.object({ message: v.string() }),
  },
  async ({ body, ...origin }) => {
    await verifyEmail(body, origin);
    return { message: 'The email address is verified' };
  },
);
