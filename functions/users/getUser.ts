import { UserPath } from '../../lib/fields.ts';
import { endpoint } from '../../lib/http/endpoint.ts';
import { getProfile } from '../../lib/users/profiles.ts';
import { Profile } from '../../lib/users/views.ts';

export const handler = endpoint(
  { operation: 'getUser', caller: 'optional', path: UserPath, answer: Profile },
  ({ path, caller }) => getProfile(path.username, caller),
);
