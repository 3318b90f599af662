import type { User } from '../table/users.ts';
import { type Content, renderHtml, renderText } from './layout.ts';
import { PURPOSES, type Purpose } from './links.ts';

/** The letters that go out: those with a link by what it is for, and the notice of a change of address. */
export type LetterKind = Purpose | 'email_changed';

/** A letter, ready to go. */
export interface Letter {
  kind: LetterKind;
  to: string;
  subject: string;
  text: string;
  html: string;
}

const NOT_YOU = 'If that was not you, you need not do anything: nothing happens without the link.';

/** Names that people gave themselves are in no letter: strangers would get whatever somebody wants to tell them. */
const CONTENTS: Record<LetterKind, (username: string) => Content> = {
  reset: (username) => ({
    subject: 'Choose a new password',
    paragraphs: [
      `Somebody has asked for a new password for the account ${username}.`,
      `The link is good for ${PURPOSES.reset.lifetime / 60} minutes, and once. A new password logs the account out on all devices.`,
    ],
    action: 'Choose a new password',
    closing: NOT_YOU,
  }),
  verification: (username) => ({
    subject: 'Confirm your email address',
    paragraphs: [
      `The account ${username} has this email address. Please confirm that it is yours.`,
      `The link is good for ${PURPOSES.verification.lifetime / 3600} hours.`,
    ],
    action: 'Confirm this address',
    closing: NOT_YOU,
  }),
  email_changed: (username) => ({
    subject: 'Your email address was changed',
    paragraphs: [
      `The account ${username} has another email address now; mail about it no longer comes here.`,
      'If that was not you, log in and change your password at once: that logs everybody else out. Then change the address back.',
    ],
    closing: 'This is the last mail about that account to this address.',
  }),
};

/** Writes a letter about an account; `link` where it has one. */
export function writeLetter(
  kind: LetterKind,
  to: string,
  { username }: Pick<User, 'username'>,
  link?: string,
): Letter {
  const content = CONTENTS[kind](username);
  const { subject } = content;
  return { kind, to, subject, text: renderText(content, link), html: renderHtml(content, link) };
}
