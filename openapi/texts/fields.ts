import { RESERVED_USERNAMES } from '../../lib/fields.ts';
import { ALGORITHM, KEY_TYPE } from '../../lib/tokenRules.ts';
import { ACCESS_LIFE, REFRESH_LIFE } from './text.ts';

/** What the schemas are that have a name of their own; the answers of single endpoints are described there. */
export const SCHEMAS: Record<string, string> = {
  Registration: 'A new account.',
  LoginRequest: 'Credentials.',
  RefreshRequest: 'A refresh token, to be used or revoked.',
  ProfileChanges: 'Any of these fields. What is not named stays as it is; other members are ignored.',
  FollowRequest: 'Whom to follow.',
  RegisteredUser: 'The new account, as its owner sees it.',
  LoggedInUser: 'The account that logged in.',
  Profile: 'What everybody may see of a user.',
  OwnProfile: 'A profile as its owner sees it.',
  UpdatedUser: 'The account after a change, as its owner sees it.',
  ListedUser: 'A user in a list.',
  Statistics: 'All counts of a user.',
  Follow: 'One user following another.',
  FollowPage: 'One page of follows.',
  UserPage: 'One page of users.',
  UserBatch: 'One batch of the matching users, with exact totals.',
  PublicKey: `A public ${KEY_TYPE} key as a JSON Web Key (RFC 7517).`,
};

const NAME_RULES = '1 to 150 letters, digits or `. _ @ + -`, not only dots.';
const RESERVED = [...RESERVED_USERNAMES].map((name) => `\`${name}\``).join(', ');

/** What each field and parameter is; `Schema.field` or `operation.parameter` where one name has several meanings. */
export const FIELDS: Record<string, string> = {
  id: 'A positive integer, unique and never reused; gaps are possible.',
  username: 'Kept as typed, unique regardless of case, never changes.',
  'Registration.username': `${NAME_RULES} If it reads as an email address, it must be the account’s own. Kept as typed, unique regardless of case, never changes. Reserved, regardless of case: ${RESERVED}.`,
  'LoginRequest.username': 'In any case.',
  'path.username': 'A username, in any case.',
  email: 'A plausible address, kept as typed, unique regardless of case. Only its owner ever sees it.',
  'ProfileChanges.email': 'A plausible address that nobody else has. The old one becomes free at once.',
  password:
    'At least 8 characters and at most 72 bytes of UTF-8. Must not be all digits, one character repeated, invisible, the username or the email; must not contain a username of 4 characters or more, nor control characters. Never trimmed; normalised to NFC.',
  'LoginRequest.password': 'As it was registered.',
  password_confirm: 'The same as `password`.',
  first_name: '`""` when not set; must not be invisible.',
  last_name: '`""` when not set; must not be invisible.',
  bio: 'May have line breaks; `""` when not set.',
  avatar: 'The `http` or `https` address of a picture, or `null` when there is none.',
  'ProfileChanges.avatar':
    'The `http` or `https` address of a picture on a public host: a name with a dot, no IP address, no credentials. Kept as browsers spell it; `null` or `""` for none.',
  created_at: 'UTC, whole seconds.',
  updated_at: 'When the profile last changed: UTC, whole seconds.',
  posts_count: 'Posts of this user, as the posts service reports them.',
  followers_count: 'How many users follow this one.',
  following_count: 'How many users this one follows.',
  likes_received: 'Likes of this user’s posts, as the posts service reports them.',
  comments_received: 'Comments on this user’s posts, as the posts service reports them.',
  is_following: 'Whether the caller follows this user; `false` for anonymous callers.',
  user: 'The account.',
  access: `The access token, good for ${ACCESS_LIFE}: send it as \`Authorization: Bearer <access>\`.`,
  device_token:
    'Says that this device has logged in to the account before. Sent with the next login, even if empty or old, it is answered anew; such logins are not shut out when strangers guess at the name.',
  refresh: `The refresh token, good for ${REFRESH_LIFE}: trade it for new access tokens.`,
  message: 'A sentence for a person.',
  follower: 'The id of the user who follows.',
  following: 'The id of the user who is followed.',
  'FollowRequest.following': 'The id of the user to follow: a positive JSON integer, not a string.',
  follower_username: 'The name of the user who follows.',
  following_username: 'The name of the user who is followed.',
  count: 'How many entries there are on all pages.',
  results: 'The entries of this page.',
  next: 'Where the next page starts: pass it back as `cursor`. `null` on the last page.',
  cursor: 'The `next` of the previous page. Good for the same list only.',
  users: 'The users of this batch.',
  batch_info: 'Where this batch stands among all matches.',
  current_batch: 'The `batch_number` that was asked for.',
  batch_size: 'How many entries to answer, at least 1; above 100 counts as 100.',
  'UserBatch.batch_info.batch_size':
    'How many users fit into a batch: what was asked for, or 100 if that is less.',
  batch_number: 'Which batch, counting from 0; past the end it is empty.',
  total_users: 'How many users match, exactly.',
  total_batches: 'How many batches they fill; 0 when nothing matches.',
  users_in_current_batch: 'How many users this batch has; 0 past the end.',
  'listUsers.search':
    'Split at white space; every term, at most 10 of them, must occur in the username, first name, last name or bio. Case does not matter; `%` and `_` are ordinary characters.',
  'listUsers.first_name': 'The first name must contain this, spaces and all; case does not matter.',
  'listUsers.last_name': 'The last name must contain this, spaces and all; case does not matter.',
  ordering:
    'A field, or `-` and a field for the exact reverse. Text is ordered by the code points of its lower-cased form; ties are broken by id.',
  keys: 'The keys that verify our tokens; the first one signs.',
  kty: `Always \`${KEY_TYPE}\`.`,
  kid: 'The name by which the header of a token refers to its key.',
  use: 'Always `sig`.',
  alg: `Always \`${ALGORITHM}\`.`,
  n: 'The modulus, base64url.',
  e: 'The exponent, base64url.',
  issuer: 'The `iss` of our tokens: the public base URL without its last slash.',
  jwks_uri: 'Where the public keys are.',
  response_types_supported: 'Required by the standard; there is no authorization endpoint to use it with.',
  subject_types_supported: '`public`: a user has one `sub` for all services.',
  id_token_signing_alg_values_supported: 'The one algorithm that signs our tokens.',
  claims_supported: 'The claims of our tokens.',
  service_documentation: 'The reference page.',
  openapi: 'The version of the OpenAPI Specification.',
};
