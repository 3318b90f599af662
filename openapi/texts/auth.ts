import { LIMITS, WINDOW } from '../../lib/auth/loginThrottle.ts';
import { PURPOSES } from '../../lib/mail/links.ts';
import { ACCESS_LIFE, alice, bio, type OperationText } from './text.ts';

const { id, username, ...names } = alice;
const email = 'alice@example.com';
const password = 'password123';
const user = { id, username, email, ...names };
const tokens = { access: 'ACCESS_TOKEN', refresh: 'REFRESH_TOKEN' };

/** Registration, login and tokens. */
export const auth = {
  register: {
    tag: 'Authentication',
    summary: 'Register',
    description:
      'Creates an account and signs its first tokens.\n\nIf several requests register one name or address at once, exactly one wins; the others get 409 and leave nothing behind. Text is trimmed (the password never) and normalised to Unicode NFC before its rules apply; lengths count code points.',
    answer: 'The new user with the first tokens.',
    request: { username, email, password, password_confirm: password, ...names, bio },
    response: { user: { ...user, bio, created_at: '2024-01-15T10:30:00Z' }, ...tokens },
  },
  login: {
    tag: 'Authentication',
    summary: 'Log in',
    description: `Trades a username, in any case, and its password for tokens. An unknown user and a wrong password get the same answer.\n\nFailed logins are counted for ${WINDOW / 60} minutes: ${LIMITS.username_and_address} per username and source address, ${LIMITS.username} per username, ${LIMITS.address} per address. Past a limit the answer is 429 with \`Retry-After\`, whether the password is right or not. A success clears the count of its username and address.`,
    answer: 'The user with new tokens.',
    request: { username, password },
    response: { user, ...tokens },
  },
  refreshToken: {
    tag: 'Authentication',
    summary: 'Refresh the access token',
    description:
      'Trades a refresh token for a new access token. The refresh token stays good until it expires or a logout revokes it. Whatever is wrong with it, the answer is 401 `token_not_valid`, and only a new login helps.\n\nWith `"rotate": true` the answer has a new refresh token too. The one that was sent stays good until the new one is used for the first time, so a lost answer does no harm: ask again. After that it is 401 `token_reused`, and the session ends, for somebody has a copy. A session that rotates lives 7 days from its last refresh, and 90 days in all.',
    answer: `A new access token, good for ${ACCESS_LIFE}.`,
    request: { refresh: 'REFRESH_TOKEN' },
    response: { access: 'NEW_ACCESS_TOKEN' },
  },
  forgetPassword: {
    tag: 'Authentication',
    summary: 'Forget the password',
    description: `Has a link mailed to whoever has the address: \`/${PURPOSES.reset.page}?token=…\` of the app, good for ${PURPOSES.reset.lifetime / 60} minutes, and once. Whether anybody has the address plays no part in the answer.\n\nAt most 3 such mails an hour go to one account; what is more is dropped without a word. 503 where the deployment sends no mail.`,
    answer: 'The request was taken.',
    request: { email },
    response: { message: 'If an account has this address, a link is on its way' },
  },
  resetPassword: {
    tag: 'Authentication',
    summary: 'Reset the password',
    description:
      'Sets a new password with the token of a mailed link, and ends every session of the account: every token is refused from now on. The token is good once, and not after the password was changed in another way.',
    answer: 'The password is changed, and everybody is logged out.',
    request: { token: 'TOKEN', new_password: 'a-new-password', new_password_confirm: 'a-new-password' },
    response: { message: 'The password is changed; please log in' },
  },
  changePassword: {
    tag: 'Authentication',
    summary: 'Change my password',
    description:
      'Sets a new password and ends every other session, at once: every token of the account but the two that are answered is refused from now on, access tokens too. A wrong current password is 400 with `errors.current_password`; it counts as a failed login, and the limits of logins hold here too.',
    answer: 'New tokens for this session, the only one that is left.',
    request: {
      current_password: password,
      new_password: 'a-new-password',
      new_password_confirm: 'a-new-password',
    },
    response: tokens,
  },
  verifyEmail: {
    tag: 'Authentication',
    summary: 'Verify an email address',
    description: `Notes that the address is the user’s, with the token of the link that was mailed to it: \`/${PURPOSES.verification.page}?token=…\` of the app. Registering and changing the address send one. It is good for ${PURPOSES.verification.lifetime / 3600} hours, as often as it is sent, and not once the account has another address.`,
    answer: 'The address is verified.',
    request: { token: 'TOKEN' },
    response: { message: 'The email address is verified' },
  },
  requestVerification: {
    tag: 'Authentication',
    summary: 'Ask for another verification mail',
    description:
      'Mails another link to the caller’s address, unless it is verified already. At most 3 an hour, those of registering and of changes of the address included.',
    answer: 'The request was taken.',
    response: { message: 'Unless the address is verified already, a link is on its way' },
  },
  getAvailability: {
    tag: 'Authentication',
    summary: 'Check a username or an address',
    description:
      'For a form that somebody fills in: whether registration would take this username, this address, or both, and the sentence that it would refuse it with. Nothing is kept for whoever asks, and registration decides. An address is judged by its form alone: whether it has an account is not told. `username` or `email` is required.',
    answer: 'What is said of each value that was asked about.',
    response: {
      username: { available: false, reason: 'This username is taken.' },
      email: { available: true, reason: null },
    },
  },
  listMySessions: {
    tag: 'Sessions',
    summary: 'List my sessions',
    description: `Where the caller is logged in, newest first. Every registration and login begins a session, known by the \`device\` that it named, else by its \`User-Agent\`. There are at most 100: when another begins, the one unused longest ends.`,
    answer: 'The sessions of the caller.',
    response: {
      count: 1,
      results: [
        {
          id: 'q3Zk1x8vB0aT',
          device: 'Alice’s phone',
          created_at: '2024-01-15T10:30:00Z',
          last_used_at: '2024-01-16T08:00:00Z',
          is_current: true,
        },
      ],
    },
  },
  endMySession: {
    tag: 'Sessions',
    summary: 'End a session',
    description: `Logs the caller out on one device: its refresh token is refused at once, its access token lives out its ${ACCESS_LIFE} at most.`,
    answer: 'The session has ended.',
    response: { message: 'The session has ended' },
  },
  endMyOtherSessions: {
    tag: 'Sessions',
    summary: 'End all other sessions',
    description:
      'Logs the caller out everywhere else, at once: every token of the account but the two that are answered is refused from now on, access tokens too.',
    answer: 'New tokens for this session, the only one that is left.',
    response: { message: 'All other sessions have ended', ...tokens },
  },
  logout: {
    tag: 'Authentication',
    summary: 'Log out',
    description:
      'Revokes this refresh token for the rest of its life, ends its session, and nothing else: access tokens expire by themselves. Logging out again with the same token succeeds again. A token that does not verify, is an access token or belongs to somebody else is 400 with `errors.refresh`.',
    answer: 'The refresh token is revoked.',
    request: { refresh: 'REFRESH_TOKEN' },
    response: { message: 'Successfully logged out' },
  },
} satisfies Record<string, OperationText>;
