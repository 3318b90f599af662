import * as v from 'valibot';
import { endpoint } from '../../lib/http/endpoint.ts';
import { Registration, register } from '../../lib/users/registration.ts';
import { RegisteredUser, viewUser } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'register',
    caller: 'none',
    body: Registration,
    status: 201,
    errors: ['username_taken', 'email_taken'],
    answer: v.object({ user: RegisteredUser, access: v.string(), refresh: v.string() }),
  },
  async ({ body, clock }) => {
    const { user, access, refresh } = await register(body, clock);
    return { user: viewUser(user), access, refresh };
  },
);
