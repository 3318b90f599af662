import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowers, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  { operation: 'listMyFollowers', caller: 'required', query: EdgeQuery, answer: UserPage },
  ({ caller, query }) => listFollowers(caller.username, caller, query),
);
