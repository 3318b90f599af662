import { endpoint } from '../../lib/http/endpoint.ts';
import { getOwnProfile } from '../../lib/users/profiles.ts';
import { Statistics } from '../../lib/users/views.ts';

export const handler = endpoint(
  { operation: 'getMyStats', caller: 'required', answer: Statistics },
  ({ caller }) => getOwnProfile(caller),
);
