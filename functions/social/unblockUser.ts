import * as v from 'valibot';
import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { unblock } from '../../lib/social/blocks.ts';

export const handler = endpoint(
  {
    operation: 'unblockUser',
    caller: 'required',
    path: UserPath,
    errors: ['not_blocked'],
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, path: { username } }) => {
    await unblock(caller, username);
    return { message: `No longer blocking ${username}` };
  },
);
