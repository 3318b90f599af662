import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowing, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  {
    operation: 'listFollowing',
    caller: 'optional',
    query: EdgeQuery,
    errors: ['not_found'],
    answer: UserPage,
  },
  ({ username, caller, query }) => listFollowing(username, caller, query),
);
