import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowers, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  {
    operation: 'listFollowers',
    caller: 'optional',
    path: UserPath,
    query: EdgeQuery,
    answer: UserPage,
  },
  ({ path, caller, query }) => listFollowers(path.username, caller, query),
);
