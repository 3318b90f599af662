import { RESERVED_USERNAMES } from '../lib/fields.ts';

/** What each schema is, by the name that the components give it. */
const SCHEMAS: Record<string, string> = {
  Registration: 'A new account.',
  LoginRequest: 'Credentials.',
  RefreshRequest: 'A refresh token to be used or revoked.',
  ProfileChanges: 'Any subset of these fields. What is not named stays; other members are ignored.',
  FollowRequest: 'Whom to follow.',
  RegisteredUser: 'The new account, as its owner sees it.',
  LoggedInUser: 'The account that logged in.',
  Profile: 'What everybody may see of a user.',
  OwnProfile: 'What the owner sees of the own profile.',
  UpdatedUser: 'The account after a change, as its owner sees it.',
  ListedUser: 'A user in a list.',
  Statistics: 'All counts of a user.',
  Follow: 'One user following another.',
  FollowPage: 'One page of follows.',
  UserPage: 'One page of users.',
  UserBatch: 'One batch of the users that match, with exact totals.',
  PublicKey: 'A public RSA key as a JSON Web Key (RFC 7517).',
  RegisterAnswer: 'The new user with the first tokens.',
  LoginAnswer: 'The user with new tokens.',
  RefreshTokenAnswer: 'A new access token.',
  LogoutAnswer: 'A confirmation.',
  UnfollowUserAnswer: 'A confirmation.',
  GetJwksAnswer: 'A JSON Web Key Set (RFC 7517, section 5).',
  GetOpenidConfigurationAnswer: 'A discovery document (OpenID Connect Discovery 1.0, section 3).',
  GetOpenapiAnswer: 'An OpenAPI 3.1 description.',
  GetDocsAnswer: 'A page of HTML.',
};

/** What each field and parameter is; `Schema.field` or `operation.parameter` where one name means more than one thing. */
const FIELDS: Record<string, string> = {
  id: 'Positive, unique, never used again. Gaps are possible.',
  username: 'Kept as typed, unique in any case, never changes.',
  'Registration.username': `1 to 150 letters, digits or \`. _ @ + -\`, not only dots. Kept as typed, unique in any case, never changes. Reserved, in any case: ${[...RESERVED_USERNAMES].map((name) => `\`${name}\``).join(', ')}.`,
  email: 'A plausible address, kept as typed, unique in any case. Only its owner ever sees it.',
  password:
    '8 characters or more and at most 72 bytes of UTF-8. Not only digits, not the username or the email, no control characters. Never trimmed; normalised to NFC.',
  password_confirm: 'The same as `password`.',
  first_name: 'At most 150 characters; `""` when not set.',
  last_name: 'At most 150 characters; `""` when not set.',
  bio: 'At most 500 characters, line breaks allowed; `""` when not set.',
  avatar: 'An `http` or `https` address of a picture, or `null` when there is none.',
  created_at: 'UTC, whole seconds.',
  updated_at: 'When the profile last changed: UTC, whole seconds.',
  posts_count: 'Posts of this user, as the posts service reports them.',
  followers_count: 'How many follow this user.',
  following_count: 'How many this user follows.',
  likes_received: 'Likes of this user’s posts, as the posts service reports them.',
  comments_received: 'Comments on this user’s posts, as the posts service reports them.',
  is_following: 'Whether the caller follows this user; `false` for anonymous callers.',
  user: 'The account.',
  access: 'The access token, good for 60 minutes: send it as `Authorization: Bearer <access>`.',
  refresh: 'The refresh token, good for 7 days: trade it for new access tokens.',
  message: 'A sentence for a person.',
  follower: 'Id of the one who follows.',
  following: 'Id of the one who is followed.',
  follower_username: 'Name of the one who follows.',
  following_username: 'Name of the one who is followed.',
  count: 'How many entries there are on all pages.',
  results: 'The entries of this page.',
  next: 'Where the next page starts: hand it back as `cursor`. `null` on the last page.',
  users: 'The users of this batch.',
  batch_info: 'Where this batch stands among all that match.',
  current_batch: 'The `batch_number` that was asked for.',
  'UserBatch.batch_info.batch_size': 'How many users a batch has, after the cut to 100.',
  total_users: 'How many users match: exact.',
  total_batches: 'How many batches they fill; 0 when nothing matches.',
  users_in_current_batch: 'How many users this batch has; 0 past the end.',
  'FollowRequest.following': 'Id of the user to follow: a positive JSON integer, not a string.',
  'LoginRequest.username': 'In any case.',
  'path.username': 'A username, in any case.',
  'LoginRequest.password': 'As it was registered.',
  'ProfileChanges.avatar':
    'An `http` or `https` address of at most 2,048 characters; `null` or `""` for none.',
  'ProfileChanges.email': 'A plausible address that nobody else has. The old one becomes free at once.',
  'listUsers.search':
    'Split at white space; every term, at most 10, must be contained in the username, first name, last name or bio. Upper and lower case are alike, `%` and `_` are ordinary characters.',
  'listUsers.first_name': 'Must be contained in the first name, as it stands and in any case.',
  'listUsers.last_name': 'Must be contained in the last name, as it stands and in any case.',
  ordering:
    'A field, or a field after `-` for the exact reverse. Text orders by the code points of its lower-cased form; ties break by id.',
  batch_size: 'How many entries to answer, at least 1; above 100 counts as 100.',
  batch_number: 'Which batch, counted from 0; past the end it is empty.',
  cursor: 'The `next` of the page before. Good for the same list only.',
  keys: 'The keys that verify our tokens, the one that signs first.',
  kty: 'Always `RSA`.',
  kid: 'The name that a token’s header gives its key.',
  use: 'Always `sig`.',
  alg: 'Always `RS256`.',
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

/** The sentence about a schema of the components; throws when there is none, so that none goes without. */
export const describeSchema = (schema: string): string => lookUp(SCHEMAS, schema);

/** The sentence about a field of a schema or a parameter of an operation; throws when there is none. */
export const describeField = (owner: string, field: string): string =>
  FIELDS[`${owner}.${field}`] ?? lookUp(FIELDS, field);

function lookUp(texts: Record<string, string>, name: string): string {
  const text = texts[name];
  if (!text) throw new Error(`openapi/fields.ts says nothing about ${name}.`);
  return text;
}
