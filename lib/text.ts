import * as v from 'valibot';

const CONTROL_CHARACTER = /\p{Cc}/u;
const CONTROL_CHARACTER_IN_PROSE = /[^\P{Cc}\t\n\r]/u;

/** Length as people count it: code points, not UTF-16 units. */
export const codePoints = (text: string) => [...text].length;

/** The sentence for a value that is no string. */
export const NOT_TEXT = 'This must be a string.';

/** The sentence for too long a text. */
const tooLong = (maximum: number) => `This may have at most ${maximum} characters.`;

/** JSON Schema keywords that say in the API description what a schema checks in code. */
export type Published = Record<string, unknown>;

/**
 * One line of text: trimmed, Unicode NFC, without control characters, at most
 * `maximum` code points. `published` is added to what the API description says of it.
 */
export const line = (maximum: number, published?: Published) => text(maximum, CONTROL_CHARACTER, published);

/** Text that may have tabs and line breaks; otherwise as {@link line}. */
export const prose = (maximum: number) => text(maximum, CONTROL_CHARACTER_IN_PROSE);

function text(maximum: number, refused: RegExp, published?: Published) {
  return v.pipe(
    v.string(NOT_TEXT),
    v.metadata({ maxLength: maximum, ...published }),
    v.transform((value) => value.normalize('NFC').trim()),
    v.check((value) => !refused.test(value) && value.isWellFormed(), 'This may not have control characters.'),
    v.check((value) => codePoints(value) <= maximum, tooLong(maximum)),
  );
}
