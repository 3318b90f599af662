import { below, type Random } from '../../local/seed/random.ts';

/** Letters of four bytes each in UTF-8: as many trigrams as there can be, and as many bytes. */
const FIRST_LETTER = 0x20000;
const LETTERS = 42_000;

const AVATAR_LENGTH = 2048;

/** A text of so many code points, of which each takes four bytes. */
export const heavyText = (random: Random, length: number): string =>
  String.fromCodePoint(...Array.from({ length }, () => FIRST_LETTER + below(random, LETTERS)));

/** An avatar of so many bytes. */
export const avatarOf = (length: number, name = ''): string =>
  `https://x.example/${name}`.padEnd(length, 'a');

/** Everything that a profile may hold, at its longest. */
export const maximalProfile = (random: Random) => ({
  first_name: heavyText(random, 150),
  last_name: heavyText(random, 150),
  bio: heavyText(random, 500),
  avatar: avatarOf(AVATAR_LENGTH),
});
