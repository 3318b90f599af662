import * as v from 'valibot';
import { isVisible, line, prose, tooLong } from './text.ts';

/** First path segments that the API uses or plans: nobody may be called that, in any case. */
export const RESERVED_USERNAMES = new Set([
  'me',
  'register',
  'login',
  'logout',
  'token',
  'follow',
  'following',
  'followers',
  'unfollow',
  'block',
  'blocked',
  'unblock',
  'relationships',
  'availability',
  'report',
  'users',
  'docs',
  'openapi.json',
  '.well-known',
  'health',
  'admin',
  'password',
  'email',
  'block',
  'blocked',
  'unblock',
  'relationships',
  'availability',
  'sessions',
  'export',
  'report',
]);

/** Why somebody is reported. */
export const REPORT_REASONS = ['spam', 'abuse', 'impersonation', 'other'] as const;

const USERNAME = /^(?!\.+$)[A-Za-z0-9._@+-]{1,150}$/;
const EMAIL_LOCAL_PART = /^[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*$/u;
const EMAIL_DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?!\d+$)[\p{L}\p{N}-]{2,63}$/u;

/** Whether a user of that name can exist; saves the look-up where none can. */
export function isPossibleUsername(username: string): boolean {
  return USERNAME.test(username) && !RESERVED_USERNAMES.has(username.toLowerCase());
}

/** Whether a text has the form of an email address. */
function isPlausibleEmail(email: string): boolean {
  const at = email.lastIndexOf('@');
  return at > 0 && EMAIL_LOCAL_PART.test(email.slice(0, at)) && EMAIL_DOMAIN.test(email.slice(at + 1));
}

/** The path of what belongs to one user, named in any case. */
export const UserPath = v.object({
  username: v.pipe(v.string(), v.metadata({ pattern: USERNAME.source }), v.check(isPossibleUsername)),
});

/** A username, kept as typed. One that reads as an address must be the account's own: see registration. */
export const Username = v.pipe(
  line(150, { minLength: 1, pattern: USERNAME.source }),
  v.regex(USERNAME, 'This must be 1 to 150 letters, digits or . _ @ + - and not only dots.'),
  v.check((username) => !RESERVED_USERNAMES.has(username.toLowerCase()), 'This username is reserved.'),
);

/** Why a username that reads as an address cannot go with that address, if it is another one. */
export function borrowedAddress(username: string, email: string): string | undefined {
  const is_own = username.toLowerCase() === email.toLowerCase();
  return isPlausibleEmail(username) && !is_own
    ? 'This may be an email address only if it is your own.'
    : undefined;
}

/** An email address, kept as typed. */
export const Email = v.pipe(
  line(254, { format: 'idn-email' }),
  v.check(isPlausibleEmail, 'This is not a valid email address.'),
  v.check((email) => Buffer.byteLength(email) <= 254, 'This may have at most 254 bytes in UTF-8.'),
);

export const PersonName = v.pipe(
  line(150),
  v.check((name) => name === '' || isVisible(name), 'This must have something to see.'),
);

const Bio = prose(500);

/** The texts that people write about themselves. */
export const profileTexts = { first_name: PersonName, last_name: PersonName, bio: Bio };

/** The same at registration, where each may be left out. */
export const registeredTexts = {
  first_name: v.optional(PersonName, ''),
  last_name: v.optional(PersonName, ''),
  bio: v.optional(Bio, ''),
};

/** Most bytes of the address of a picture, as it is stored. */
const AVATAR_BYTES = 2048;

/** The address of a picture as browsers spell it, all ASCII; `null` for none, which `""` means too. */
export const Avatar = v.pipe(
  v.nullable(
    v.pipe(
      v.string('This must be a string or null.'),
      v.metadata({ maxLength: AVATAR_BYTES, pattern: '^([Hh][Tt][Tt][Pp][Ss]?://\\S+)?$' }),
      v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
        if (value.trim() === '') return null;
        const href = value.length <= AVATAR_BYTES ? publicHref(value.trim()) : undefined;
        if (href && href.length <= AVATAR_BYTES) return href;
        const tooLarge = value.length > AVATAR_BYTES || href;
        addIssue({
          message: tooLarge
            ? tooLong(AVATAR_BYTES)
            : 'This must be the http or https address of a public host.',
        });
        return NEVER;
      }),
    ),
  ),
);

/**
 * How browsers spell an address that anybody may fetch: of a named host (no IP address, no name without a dot, which
 * are somebody's own network), without credentials.
 */
function publicHref(text: string): string | undefined {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { href, hostname, username, password } = new URL(text);
  const named = /\.(?!\d+\.?$)[^.]+\.?$/.test(hostname) && !hostname.startsWith('[');
  return named && !username && !password ? href : undefined;
}
