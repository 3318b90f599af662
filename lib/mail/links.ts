import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { config } from '../config.ts';
import { isPossibleUsername } from '../fields.ts';
import { ApiError } from '../problems.ts';
import type { LinkName } from '../table/links.ts';
import { NOT_TEXT } from '../text.ts';

/** What links are mailed for: the page of the app that each leads to, and how long it is good, in seconds. */
export const PURPOSES = {
  reset: { page: 'reset-password', lifetime: 30 * 60 },
  verification: { page: 'verify-email', lifetime: 24 * 60 * 60 },
} as const;

export type Purpose = keyof typeof PURPOSES;

/** Bytes of a token that nobody can guess. The rest of it is the username, under which the link is looked for. */
const SECRET_BYTES = 32;

/** The token of a mailed link, as the app sends it on. */
export const LinkToken = v.pipe(v.string(NOT_TEXT), v.nonEmpty('This field is required.'));

/** Makes a token, and the name under which its link is stored: by a hash, so that the table opens nothing. */
export function newToken(purpose: Purpose, username: string): { token: string; name: LinkName } {
  const bytes = Buffer.concat([randomBytes(SECRET_BYTES), Buffer.from(username.toLowerCase())]);
  return { token: bytes.toString('base64url'), name: nameOf(purpose, bytes) };
}

/** The name of the link that a token stands for, if there is one; throws `link_not_valid` for what is no token. */
export function readToken(purpose: Purpose, token: string): LinkName {
  const name = nameOf(purpose, Buffer.from(token, 'base64url'));
  if (!isPossibleUsername(name.username)) throw new ApiError('link_not_valid');
  return name;
}

const nameOf = (purpose: Purpose, bytes: Buffer): LinkName => ({
  username: bytes.subarray(SECRET_BYTES).toString(),
  purpose,
  hash: createHash('sha256').update(bytes).digest('base64url'),
});

/** The address in the app that a token is mailed in. */
export const addressFor = (purpose: Purpose, token: string): string =>
  `${config.APP_URL}/${PURPOSES[purpose].page}?token=${token}`;
