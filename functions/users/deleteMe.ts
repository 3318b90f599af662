import * as v from 'valibot';
import { DeletionRequest, deleteAccount } from '../../lib/accounts/deletion.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'deleteMe',
    caller: 'required',
    body: DeletionRequest,
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, body, ...origin }) => {
    await deleteAccount(caller, body, origin);
    return { message: 'Your account is deleted' };
  },
);
