import { TOKENS } from '../../lib/tokenRules.ts';

/** What a declaration does not say about an endpoint: words, and the examples of the API document. */
export interface OperationText {
  tag: 'Authentication' | 'Sessions' | 'Users' | 'Social' | 'Statistics' | 'Service';
  summary: string;
  /** CommonMark; the rules that a client must know and no schema says. */
  description: string;
  /** What the successful answer is. */
  answer: string;
  request?: unknown;
  response: unknown;
}

/** How long tokens live, in words. */
export const ACCESS_LIFE = `${TOKENS.access.lifetime / 60} minutes`;
export const REFRESH_LIFE = `${TOKENS.refresh.lifetime / (24 * 60 * 60)} days`;

/** The user of the API document, as several of its examples show her. */
export const alice = { id: 1, username: 'alice', first_name: 'Alice', last_name: 'Smith' };
export const bio = 'Software developer passionate about APIs';
export const avatar = 'https://example.com/avatar.jpg';
