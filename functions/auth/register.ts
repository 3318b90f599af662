import * as v from 'valibot';
import { Registration, register, repeatRegistration } from '../../lib/auth/registration.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { RegisteredUser } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'register',
    caller: 'none',
    body: Registration,
    repeatable: { secret: ['password', 'password_confirm'] },
    status: 201,
    errors: ['username_taken', 'email_taken'],
    answer: v.object({ user: RegisteredUser, access: v.string(), refresh: v.string() }),
  },
  ({ body, ...request }) => register(body, request),
  (registered, { body, ...origin }) => repeatRegistration(registered, body, origin),
);
