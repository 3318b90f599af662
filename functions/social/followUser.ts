import { endpoint } from '../../lib/http/endpoint.ts';
import { FollowRequest, FollowView, follow } from '../../lib/social/follows.ts';

export const handler = endpoint(
  {
    operation: 'followUser',
    caller: 'required',
    body: FollowRequest,
    repeatable: {},
    status: 201,
    errors: ['not_found', 'cannot_follow_self', 'cannot_follow', 'already_following'],
    answer: FollowView,
  },
  ({ caller, body, clock, remember }) => follow(caller, body.following, clock, remember),
);
