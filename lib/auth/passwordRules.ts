import * as v from 'valibot';
import { config } from '../config.ts';
import { codePoints, isVisible, mostUnits, NOT_TEXT, type Published } from '../text.ts';
import { isCommon } from './commonPasswords.ts';

/** bcrypt looks at no more bytes of a password than these. */
const PASSWORD_BYTES = 72;

const PASSWORD_TOO_LONG = `This may have at most ${PASSWORD_BYTES} bytes in UTF-8.`;

const IS_STRICT = config.PASSWORDS === 'strict';

/** Fewest characters of a password to be set. */
const FEWEST_CHARACTERS = IS_STRICT ? 12 : 8;

/** A password, or another spelling of one, before it is looked at: never trimmed, never cut. */
const passwordText = (published: Published) =>
  v.pipe(
    v.string(NOT_TEXT),
    v.metadata({ ...published, format: 'password' }),
    // What is longer is refused, or a wrong one, however it is spelled.
    v.transform((password) =>
      password.length <= mostUnits(PASSWORD_BYTES) ? password.normalize('NFC') : password,
    ),
  );

/**
 * A password to be set: NFC, so that every keyboard's spelling is the same. Where the deployment is strict, longer, and
 * none of the most common ones.
 */
export const NewPassword = v.pipe(
  passwordText({ minLength: FEWEST_CHARACTERS, maxLength: PASSWORD_BYTES }),
  v.check(
    (password) => codePoints(password) >= FEWEST_CHARACTERS,
    `This must have at least ${FEWEST_CHARACTERS} characters.`,
  ),
  v.check((password) => Buffer.byteLength(password) <= PASSWORD_BYTES, PASSWORD_TOO_LONG),
  v.check((password) => !/^\p{Nd}*$/u.test(password), 'This may not consist of digits only.'),
  v.check((password) => new Set(password).size > 1, 'This may not be one character repeated.'),
  v.check((password) => isVisible(password), 'This may not consist of characters that cannot be seen.'),
  v.check(
    (password) => !/\p{Cc}/u.test(password) && password.isWellFormed(),
    'This may not have control characters.',
  ),
  v.check(
    (password) => !IS_STRICT || !isCommon(password),
    'This is too common: one of the passwords that are guessed first, or little more.',
  ),
);

/** A password given a second time. */
export const PasswordAgain = passwordText({});

/** A password that is there already. Any text will do: one that nobody can have is a wrong one. */
export const CurrentPassword = v.pipe(v.string(NOT_TEXT), v.metadata({ format: 'password' }));

/** Puts a sentence on the field of that name. */
type Blame = (key: string, message: string) => void;

/** A check that compares fields with each other even when they have other faults. */
export const comparing = <Fields>(compare: (fields: Record<string, unknown>, blame: Blame) => void) =>
  v.rawCheck<Fields>(({ dataset: { value }, addIssue }) =>
    compare(value as Record<string, unknown>, (key, message) =>
      addIssue({ message, path: [{ type: 'object', origin: 'value', input: {}, key, value: undefined }] }),
    ),
  );

/** Blames `password_confirm` where it differs from `password`, and so on. */
export function blameDifference(fields: Record<string, unknown>, blame: Blame, name: string): void {
  const [first, again] = [fields[name], fields[`${name}_confirm`]];
  if (isText(first) && isText(again) && first !== again) {
    blame(`${name}_confirm`, 'This is not the same as the password.');
  }
}

/** A password to be set by somebody who has an account, given twice. */
export const newPasswordTwice = { new_password: NewPassword, new_password_confirm: PasswordAgain };

export const isText = (value: unknown) => typeof value === 'string';
const lower = (text: string) => text.toLowerCase();

/** A username of fewer characters may be part of a good password by chance. */
const TELLING_USERNAME = 4;

/** How a password resembles the rest of the account: that is what gets guessed first. */
export function resemblances(password: string, username: unknown, email: unknown): string[] {
  const found: string[] = [];
  if (isText(username) && lower(username) === lower(password)) found.push('This may not be the username.');
  else if (
    isText(username) &&
    username.length >= TELLING_USERNAME &&
    lower(password).includes(lower(username))
  ) {
    found.push('This may not contain the username.');
  }
  if (isText(email) && lower(email) === lower(password)) found.push('This may not be the email address.');
  return found;
}
