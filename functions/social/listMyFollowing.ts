import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, FollowPage, listFollows } from '../../lib/social/lists.ts';

export const handler = endpoint(
  { operation: 'listMyFollowing', caller: 'required', query: EdgeQuery, answer: FollowPage },
  ({ caller, query }) => listFollows(caller, query),
);
