import { endpoint } from '../../lib/http/endpoint.ts';
import { ProfileChanges, updateProfile } from '../../lib/users/profiles.ts';
import { UpdatedUser } from '../../lib/users/views.ts';

export const handler = endpoint(
  {
    operation: 'updateMe',
    caller: 'required',
    body: ProfileChanges,
    repeatable: {},
    errors: ['email_taken'],
    answer: UpdatedUser,
  },
  ({ caller, body, ...request }) => updateProfile(caller, body, request),
);
