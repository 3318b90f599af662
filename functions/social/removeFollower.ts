import * as v from 'valibot';
import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { removeFollower } from '../../lib/social/follows.ts';

export const handler = endpoint(
  {
    operation: 'removeFollower',
    caller: 'required',
    path: UserPath,
    errors: ['not_following'],
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, path: { username } }) => {
    await removeFollower(caller, username);
    return { message: `${username} no longer follows you` };
  },
);
