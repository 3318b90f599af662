import { endpoint } from '../../lib/http/endpoint.ts';
import { FollowPage, FollowQuery, listFollows } from '../../lib/social/lists.ts';

export const handler = endpoint(
  { operation: 'listMyFollowing', caller: 'required', query: FollowQuery, answer: FollowPage },
  ({ caller, query }) => listFollows(caller, query),
);
