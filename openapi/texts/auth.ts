import type { OperationText } from './text.ts';

const tokens = { access: 'ACCESS_TOKEN', refresh: 'REFRESH_TOKEN' };

const alice = {
  id: 1,
  username: 'alice',
  email: 'alice@example.com',
  first_name: 'Alice',
  last_name: 'Smith',
};

/** Registration, login and tokens. */
export const auth = {
  register: {
    tag: 'Authentication',
    summary: 'Register',
    description:
      'Creates an account and signs its first tokens.\n\nOf any number of racing registrations of one name or address exactly one wins; the others get 409 and leave nothing behind. Text is trimmed (never the password) and normalised to Unicode NFC before its rules apply; lengths count code points.',
    answer: 'The account exists; these are its first tokens.',
    request: {
      username: 'alice',
      email: 'alice@example.com',
      password: 'password123',
      password_confirm: 'password123',
      first_name: 'Alice',
      last_name: 'Smith',
      bio: 'Software developer passionate about APIs',
    },
    response: {
      user: { ...alice, bio: 'Software developer passionate about APIs', created_at: '2024-01-15T10:30:00Z' },
      ...tokens,
    },
  },
  login: {
    tag: 'Authentication',
    summary: 'Log in',
    description:
      'New tokens for a username, in any case, and its password. An unknown user and a wrong password get the same answer.\n\nFailed logins are counted over 15 minutes: 10 per username and source address, 100 per username, 100 per address. Past a limit the answer is 429 with `Retry-After`, right password or not; a success clears the count of its username and address.',
    answer: 'The user with new tokens.',
    request: { username: 'alice', password: 'password123' },
    response: { user: alice, ...tokens },
  },
  refreshToken: {
    tag: 'Authentication',
    summary: 'Refresh the access token',
    description:
      'Trades a refresh token for a new access token. The refresh token stays good until it expires or is revoked by logging out. Whatever is wrong with it, the answer is 401 `token_not_valid`: then only a new login helps.',
    answer: 'A new access token, good for 60 minutes.',
    request: { refresh: 'REFRESH_TOKEN' },
    response: { access: 'NEW_ACCESS_TOKEN' },
  },
  logout: {
    tag: 'Authentication',
    summary: 'Log out',
    description:
      'Revokes this refresh token for the rest of its life, and nothing else: access tokens run out by themselves. Logging out again with the same token succeeds again. A token that does not verify, is an access token or belongs to somebody else is 400 with `errors.refresh`.',
    answer: 'The refresh token is revoked.',
    request: { refresh: 'REFRESH_TOKEN' },
    response: { message: 'Successfully logged out' },
  },
} satisfies Record<string, OperationText>;
