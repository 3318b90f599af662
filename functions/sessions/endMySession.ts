import * as v from 'valibot';
import { endSession } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { Message } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'endMySession',
    caller: 'required',
    path: v.object({ id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)) }),
    answer: Message,
  },
  async ({ caller, path }) => {
    await endSession(caller, path.id);
    return { message: 'The session has ended' };
  },
);
