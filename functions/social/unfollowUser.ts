import * as v from 'valibot';
import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { unfollow } from '../../lib/social/follows.ts';

export const handler = endpoint(
  {
    operation: 'unfollowUser',
    caller: 'required',
    path: UserPath,
    errors: ['not_following'],
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, path: { username } }) => {
    await unfollow(caller, username);
    return { message: `Stopped following ${username}` };
  },
);
