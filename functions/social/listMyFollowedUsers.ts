import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowing, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  { operation: 'listMyFollowedUsers', caller: 'required', query: EdgeQuery, answer: UserPage },
  ({ caller, query }) => listFollowing(caller.username, caller, query),
);
