import * as v from 'valibot';
import { listSessions, SessionView } from '../../lib/auth/sessions.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { Count } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'listMySessions',
    caller: 'required',
    answer: v.object({ count: Count, results: v.array(SessionView) }),
  },
  ({ caller, clock }) => listSessions(caller, clock),
);
