import * as v from 'valibot';
import { requestVerification } from '../../lib/auth/verification.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'requestVerification',
    caller: 'required',
    status: 202,
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, clock }) => {
    await requestVerification(caller, clock);
    return { message: 'Unless the address is verified already, a link is on its way' };
  },
);
