import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { EdgeQuery, listFollowing, UserPage } from '../../lib/social/lists.ts';

export const handler = endpoint(
  {
    operation: 'listFollowing',
    caller: 'optional',
    path: UserPath,
    query: EdgeQuery,
    answer: UserPage,
  },
  ({ path, caller, query }) => listFollowing(path.username, caller, query),
);
