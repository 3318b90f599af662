import * as v from 'valibot';

const CONTROL_CHARACTER = /\p{Cc}/u;
const CONTROL_CHARACTER_IN_PROSE = /[^\P{Cc}\t\n\r]/u;

/** Length as people count it: code points, not UTF-16 units. */
export const codePoints = (text: string) => [...text].length;

/** The sentence for a value that is no string. */
export const NOT_TEXT = 'This must be a string.';

/** The sentence for too long a text. */
export const tooLong = (maximum: number) => `This may have at most ${maximum} characters.`;

const CONTROL_CHARACTERS = 'This may not have control characters.';

/**
 * Most UTF-16 units that a text of at most `maximum` code points comes with, before it is normalised: a letter and
 * its accents may be several code points that NFC makes one. What is longer is refused unread, for normalising takes
 * time that grows with the square of a run of accents.
 */
export const mostUnits = (maximum: number) => 4 * maximum;

/** JSON Schema keywords that say in the API description what a schema checks in code. */
export type Published = Record<string, unknown>;

/** What a text may hold besides letters. */
interface Rules {
  /** Tabs and line breaks are allowed. */
  lines: boolean;
  /** It is looked for rather than shown, so it may hold what no text may. */
  query?: boolean;
}

/**
 * One line of text that is shown: trimmed, Unicode NFC, at most `maximum` code points, without control characters and
 * without those that make it look like something else (see {@link isHonest}). `published` is added to what the API
 * description says of it.
 */
export const line = (maximum: number, published?: Published) => text(maximum, { lines: false }, published);

/** Text that may have tabs and line breaks; otherwise as {@link line}. */
export const prose = (maximum: number) => text(maximum, { lines: true });

/** What somebody looks for: trimmed and normalised like the texts that it is to meet, which may not hold all that it may. */
export const query = (maximum: number, lines: boolean) => text(maximum, { lines, query: true });

function text(maximum: number, { lines, query = false }: Rules, published?: Published) {
  const control = lines ? CONTROL_CHARACTER_IN_PROSE : CONTROL_CHARACTER;
  return v.pipe(
    v.string(NOT_TEXT),
    v.metadata({ maxLength: maximum, ...published }),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      const refuse = (message: string) => {
        addIssue({ message });
        return NEVER;
      };
      if (value.length > mostUnits(maximum)) return refuse(tooLong(maximum));
      const normal = value.normalize('NFC').trim();
      if (control.test(normal) || !normal.isWellFormed()) return refuse(CONTROL_CHARACTERS);
      if (!query && !isHonest(normal, lines)) return refuse('This has characters that cannot be seen.');
      if (codePoints(normal) > maximum) return refuse(tooLong(maximum));
      return normal;
    }),
  );
}

/**
 * Characters that show nothing, or that change how others are shown: format characters (the marks of direction among
 * them), private use, unassigned, line and paragraph separators, and letters that are blank.
 */
const UNSEEN = /[\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

/** In prose of mixed directions, marks without an effect beyond their place are part of the spelling. */
const DIRECTION_MARK = /[\u200e\u200f\u061c]/gu;

/** A joiner between the parts of an emoji, or next to a letter or sign of a script whose letters join. */
const JOINED_EMOJI = /(?<=\p{Emoji}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu;
const JOINING =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}' +
  '\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}' +
  '\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}\\p{Script=Thaana}\\p{Script=Nko}';
const JOINED_LETTERS = new RegExp(`(?<=[${JOINING}\\p{Mn}])[\\u200c\\u200d](?=[${JOINING}])`, 'gu');

/** The flags of England, Scotland and Wales: a black flag, letters that are not shown, and their end. */
const TAGGED_FLAG = /(?<=\u{1f3f4})[\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu;

/** Whether a text shows everything that it holds, apart from what its script or its emoji cannot be written without. */
export function isHonest(text: string, is_prose = false): boolean {
  if (!UNSEEN.test(text)) return true;
  const seen = text.replace(JOINED_EMOJI, '').replace(JOINED_LETTERS, '').replace(TAGGED_FLAG, '');
  return !UNSEEN.test(is_prose ? seen.replace(DIRECTION_MARK, '') : seen);
}

/** Whether there is anything to see: not blank, and not accents alone. */
export const isVisible = (text: string) =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(text.replace(/[\u115f\u1160\u2800\u3164\uffa0]/g, ''));
