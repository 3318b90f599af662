import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { unfollow } from '../../lib/social/follows.ts';
import { Message } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'unfollowUser',
    caller: 'required',
    path: UserPath,
    errors: ['not_following'],
    answer: Message,
  },
  async ({ caller, path: { username } }) => {
    await unfollow(caller, username);
    return { message: `Stopped following ${username}` };
  },
);
