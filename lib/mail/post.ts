import { domainToASCII } from 'node:url';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { config } from '../config.ts';
import { deadline } from '../deadline.ts';
import { translateFailure } from '../failures.ts';
import { ApiError } from '../problems.ts';
import type { Letter } from './letters.ts';

const client = new SESv2Client({
  ...(config.SES_ENDPOINT ? { endpoint: config.SES_ENDPOINT } : {}),
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
});

/** How SES names the refusal of a letter that it would not take at another time either. */
const FINAL = new Set(['BadRequestException', 'MessageRejected']);

/** SES takes a letter neither now nor later. */
export class LetterRefused extends Error {
  override readonly name = 'LetterRefused';
  /** How SES names it. */
  readonly reason: string;

  constructor(reason: string) {
    super(`SES does not take the letter: ${reason}`);
    this.reason = reason;
  }
}

/**
 * How an address is spelled for SES, its domain in ASCII; `undefined` for one to which it sends nothing: with a local
 * part beyond ASCII or of more than 64 characters, or one that could be taken for an encoded word (RFC 2047), which
 * is decoded where headers are read.
 */
export function spellAddress(email: string): string | undefined {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), domainToASCII(email.slice(at + 1))];
  const is_plain = /^[!-~]{1,64}$/.test(local) && !local.includes('=?');
  return is_plain && domain ? `${local}@${domain}` : undefined;
}

/**
 * Hands a letter to SES, which makes the headers of it. Throws {@link LetterRefused} when SES never takes it, and
 * `unavailable` when it does not now, for whatever reason: so a mail waits until somebody has mended a deployment that may
 * not send.
 */
export async function post({ to, subject, text, html }: Letter): Promise<void> {
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  const command = new SendEmailCommand({
    FromEmailAddress: config.MAIL_FROM,
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
  });
  await client.send(command, deadline()).catch((error: Error) => {
    if (FINAL.has(error.name)) throw new LetterRefused(error.name);
    if ('$metadata' in error) throw new ApiError('unavailable', { cause: error });
    translateFailure(error);
  });
}
