import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowers, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  {
    operation: 'listFollowers',
    caller: 'optional',
    query: EdgeQuery,
    errors: ['not_found'],
    answer: UserPage,
  },
  ({ username, caller, query }) => listFollowers(username, caller, query),
);
