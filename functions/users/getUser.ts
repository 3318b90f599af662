import { endpoint } from '../../lib/http/endpoint.ts';
import { getProfile } from '../../lib/users/profiles.ts';
import { Profile, viewProfile } from '../../lib/users/views.ts';

export const handler = endpoint(
  { operation: 'getUser', caller: 'optional', errors: ['not_found'], answer: Profile },
  async ({ username, caller }) => viewProfile(await getProfile(username, caller)),
);
