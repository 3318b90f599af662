import * as v from 'valibot';
import { codePoints, line, NOT_TEXT, prose } from './text.ts';

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
  'users',
  'docs',
  'openapi.json',
  '.well-known',
  'health',
  'admin',
]);

/** bcrypt looks at no more bytes of a password than these. */
const BCRYPT_LIMIT = 72;

const USERNAME = /^(?!\.+$)[A-Za-z0-9._@+-]{1,150}$/;
const EMAIL_LOCAL_PART = /^[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*$/u;
const EMAIL_DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?!\d+$)[\p{L}\p{N}-]{2,63}$/u;

/** Whether a user of that name can exist; saves the look-up where none can. */
export function isPossibleUsername(username: string): boolean {
  return USERNAME.test(username) && !RESERVED_USERNAMES.has(username.toLowerCase());
}

function isPlausibleEmail(email: string): boolean {
  const at = email.lastIndexOf('@');
  return EMAIL_LOCAL_PART.test(email.slice(0, at)) && EMAIL_DOMAIN.test(email.slice(at + 1));
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text);
}

/** The path of what belongs to one user, named in any case. */
export const UserPath = v.object({
  username: v.pipe(v.string(), v.metadata({ pattern: USERNAME.source }), v.check(isPossibleUsername)),
});

/** A username, kept as typed. */
export const Username = v.pipe(
  line(150, { minLength: 1, pattern: USERNAME.source }),
  v.regex(USERNAME, 'This must be 1 to 150 letters, digits or . _ @ + - and not only dots.'),
  v.check((username) => !RESERVED_USERNAMES.has(username.toLowerCase()), 'This username is reserved.'),
);

/** An email address, kept as typed. */
export const Email = v.pipe(
  line(254, { format: 'idn-email' }),
  v.check(isPlausibleEmail, 'This is not a valid email address.'),
);

/** A password to be set: never trimmed, never cut; NFC, so that every keyboard's spelling is the same. */
export const NewPassword = v.pipe(
  v.string(NOT_TEXT),
  v.metadata({ minLength: 8, maxLength: BCRYPT_LIMIT, format: 'password' }),
  v.transform((password) => password.normalize('NFC')),
  v.check((password) => codePoints(password) >= 8, 'This must have at least 8 characters.'),
  v.check(
    (password) => Buffer.byteLength(password) <= BCRYPT_LIMIT,
    'This may have at most 72 bytes in UTF-8.',
  ),
  v.check((password) => !/^\p{Nd}*$/u.test(password), 'This may not consist of digits only.'),
  v.check(
    (password) => !/\p{Cc}/u.test(password) && password.isWellFormed(),
    'This may not have control characters.',
  ),
);

export const PersonName = line(150);

export const Bio = prose(500);

/** The address of a picture; `null` for none, which `""` means too. */
export const Avatar = v.pipe(
  v.nullable(
    v.pipe(
      v.string('This must be a string or null.'),
      v.metadata({ maxLength: 2048, pattern: '^([Hh][Tt][Tt][Pp][Ss]?://\\S+)?$' }),
      line(2048),
      v.check((avatar) => avatar === '' || isHttpUrl(avatar), 'This must be an http or https address.'),
    ),
  ),
  v.transform((avatar) => avatar || null),
);
