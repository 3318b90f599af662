import { endpoint } from '../../lib/http/endpoint.ts';
import { BlockRequest, BlockView, block } from '../../lib/social/blocks.ts';

export const handler = endpoint(
  {
    operation: 'blockUser',
    caller: 'required',
    body: BlockRequest,
    repeatable: {},
    status: 201,
    errors: ['not_found', 'cannot_block_self', 'already_blocked'],
    answer: BlockView,
  },
  ({ caller, body, clock, remember }) => block(caller, body.blocked, clock, remember),
);
