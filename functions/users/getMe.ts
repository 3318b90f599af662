import { endpoint } from '../../lib/http/endpoint.ts';
import { getOwnProfile } from '../../lib/users/profiles.ts';
import { OwnProfile } from '../../lib/users/views.ts';

export const handler = endpoint(
  { operation: 'getMe', caller: 'required', answer: OwnProfile },
  ({ caller }) => getOwnProfile(caller),
);
