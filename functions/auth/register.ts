import * as v from 'valibot';
import { Registration, register } from '../../lib/auth/registration.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { RegisteredUser } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'register',
    caller: 'none',
    body: Registration,
    status: 201,
    errors: ['username_taken', 'email_taken'],
    answer: v.object({ user: RegisteredUser, access: v.string(), refresh: v.string() }),
  },
  ({ body, source_ip, clock }) => register(body, source_ip, clock),
);
