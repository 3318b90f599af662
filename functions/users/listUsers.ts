import { isReady, listUsers, UserBatch } from '../../lib/directory/list.ts';
import { DirectoryQuery } from '../../lib/directory/query.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  { operation: 'listUsers', caller: 'optional', query: DirectoryQuery, answer: UserBatch },
  ({ query, caller }) => listUsers(query, caller),
);

export { isReady };
