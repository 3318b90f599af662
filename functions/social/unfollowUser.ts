import * as v from 'valibot';
import { endpoint } from '../../lib/http/endpoint.ts';
import { unfollow } from '../../lib/social/follows.ts';

export const handler = endpoint(
  {
    operation: 'unfollowUser',
    caller: 'required',
    errors: ['not_found', 'not_following'],
    answer: v.object({ message: v.string() }),
  },
  async ({ caller, username }) => {
    await unfollow(caller, username);
    return { message: `Stopped following ${username}` };
  },
);
