import * as v from 'valibot';
import { endOtherSessions } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'endMyOtherSessions',
    caller: 'required',
    answer: v.object({ message: v.string(), access: v.string(), refresh: v.string() }),
  },
  async ({ caller, ...origin }) => ({
    message: 'All other sessions have ended',
    ...(await endOtherSessions(caller, origin)),
  }),
);
