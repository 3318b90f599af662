import * as v from 'valibot';

const CONTROL_CHARACTER = /\p{Cc}/u;
const CONTROL_CHARACTER_IN_PROSE = /[^\P{Cc}\t\n\r]/u;

/** Length as people count it: code points, not UTF-16 units. */
export const codePoints = (text: string) => [...text].length;

/** The sentence for a value that is no string. */
export const NOT_TEXT = 'This must be a string.';

/** The sentence for too long a text. */
const tooLong = (maximum: number) => `This may have at most ${maximum} characters.`;

/**
 * One line of text: trimmed, Unicode NFC, without control characters, at most
 * `maximum` code points.
 */
export const line = (maximum: number) => text(maximum, CONTROL_CHARACTER);

/** Text that may have tabs and line breaks; otherwise as {@link line}. */
export const prose = (maximum: number) => text(maximum, CONTROL_CHARACTER_IN_PROSE);

function text(maximum: number, refused: RegExp) {
  return v.pipe(
    v.string(NOT_TEXT),
    v.transform((value) => value.normalize('NFC').trim()),
    v.check((value) => !refused.test(value) && value.isWellFormed(), 'This may not have control characters.'),
    v.check((value) => codePoints(value) <= maximum, tooLong(maximum)),
  );
}
