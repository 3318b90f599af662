import { endpoint } from '../../lib/http/endpoint.ts';
import { BlockPage, EdgeQuery, listBlocks } from '../../lib/social/lists.ts';

export const handler = endpoint(
  { operation: 'listMyBlocks', caller: 'required', query: EdgeQuery, answer: BlockPage },
  ({ caller, query }) => listBlocks(caller, query),
);
