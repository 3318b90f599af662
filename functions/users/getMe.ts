import { endpoint } from '../../lib/http/endpoint.ts';
import { getOwnProfile } from '../../lib/users/profiles.ts';
import { OwnProfile, viewProfile } from '../../lib/users/views.ts';

export const handler = endpoint(
  { operation: 'getMe', caller: 'required', answer: OwnProfile },
  async ({ caller }) => viewProfile(await getOwnProfile(caller)),
);
