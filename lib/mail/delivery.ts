import { type Clock, toSeconds } from '../clock.ts';
import { config } from '../config.ts';
import { deadLetters } from '../deadLetters.ts';
import { log, nameOf } from '../log.ts';
import { ApiError } from '../problems.ts';
import { changeIn, type StreamBatch } from '../table/changes.ts';
import { DamagedItem } from '../table/items.ts';
import { ownerIn } from '../table/keys.ts';
import { insertLink } from '../table/links.ts';
import { deleteMail, grantMails, type Mail, readMail } from '../table/mails.ts';
import type { Key } from '../table/send.ts';
import { readUser, readUserByEmail, type User } from '../table/users.ts';
import { type Letter, type LetterKind, writeLetter } from './letters.ts';
import { addressFor, newToken, PURPOSES, type Purpose } from './links.ts';
import { LetterRefused, post, spellAddress } from './post.ts';
import { takeMail } from './quota.ts';
import { SENDS_MAIL } from './sending.ts';

/** What became of a batch of the stream. */
interface Delivered {
  /** How many letters are out. */
  sent: number;
  /** How many mails never will be, and are noted instead. */
  set_aside: number;
  /** Sequence number of the first mail that could not go now. */
  failed_from?: string;
}

const setAside = deadLetters(config.MAIL_DEAD_LETTERS, 'mail_refused');

/**
 * Sends the mails that a batch of the stream asks for, in their order. A mail that went is forgotten, so a batch that
 * comes again sends only what did not go; one that was killed in between goes twice rather than not at all. What can
 * never go is set aside and holds nobody up. Where no mail is sent any more, what still waits is left to expire.
 */
export async function deliverMails({ Records }: StreamBatch, clock: Clock): Promise<Delivered> {
  const outcome = { sent: 0, set_aside: 0 };
  if (!SENDS_MAIL) return outcome;
  for (const { key, sequence } of Records.map(changeIn)) {
    try {
      outcome.sent += await deliver(key, clock);
    } catch (error) {
      if (error instanceof ApiError) {
        log.error('mail_delayed', { reason: nameOf(error.cause) });
        return { ...outcome, failed_from: sequence };
      }
      await setAside({ key, sequence }, { reason: reasonOf(error) });
      outcome.set_aside++;
    }
  }
  return outcome;
}

function reasonOf(error: unknown): string {
  if (error instanceof LetterRefused) return error.reason;
  return error instanceof DamagedItem ? error.message : nameOf(error);
}

/** Which letter goes where. */
type Envelope = Pick<Letter, 'kind' | 'to'>;

/** Sends the letters of one mail and forgets it; returns how many. */
async function deliver(key: Key, clock: Clock): Promise<number> {
  const mail = await readMail(key, clock());
  if (!mail) return 0;
  const user = await addresseeOf(mail, key);
  const sent = user ? await sendLetters(key, mail, user, clock) : 0;
  await deleteMail(key);
  return sent;
}

async function sendLetters(key: Key, mail: Mail, user: User, clock: Clock): Promise<number> {
  const envelopes = await grant(key, mail, user, clock());
  for (const { kind, to } of envelopes) {
    const link = isPurpose(kind) ? await makeLink(kind, user, clock()) : undefined;
    await post(writeLetter(kind, to, user, link));
  }
  return envelopes.length;
}

const isPurpose = (kind: LetterKind): kind is Purpose => kind in PURPOSES;

/** Whom a mail is about; `undefined` where nobody has the address, or the account is gone by now. */
async function addresseeOf(mail: Mail, { PK }: Key): Promise<User | undefined> {
  if (mail.kind === 'forgotten') return readUserByEmail(mail.address);
  const user = await readUser(ownerIn(PK));
  return user?.id === mail.id ? user : undefined;
}

/**
 * The letters of a mail, but those to addresses that cannot be written to. Links go to the address that the account has,
 * however somebody has spelled it.
 */
function envelopesOf(mail: Mail, user: User): Envelope[] {
  return lettersOf(mail, user).flatMap(({ kind, to }) => {
    const spelled = spellAddress(to);
    if (spelled === undefined) log.warn('mail_dropped', { reason: 'address', kind, user_id: user.id });
    return spelled === undefined ? [] : [{ kind, to: spelled }];
  });
}

function lettersOf(mail: Mail, { email, email_verified_at }: User): Envelope[] {
  if (mail.kind === 'forgotten') return [{ kind: 'reset', to: email }];
  const verification: Envelope[] =
    email_verified_at === undefined ? [{ kind: 'verification', to: email }] : [];
  if (mail.kind === 'verification') return verification;
  return [{ kind: 'email_changed', to: mail.address }, ...verification];
}

/** The letters of a mail that may go. They are counted when it is tried for the first time. */
async function grant(key: Key, mail: Mail, user: User, now: number): Promise<Envelope[]> {
  const envelopes = envelopesOf(mail, user);
  const granted = mail.granted ?? (await count(envelopes, user, now));
  if (!mail.granted) await grantMails(key, granted);
  return envelopes.filter(({ kind }) => granted.includes(kind));
}

async function count(envelopes: readonly Envelope[], { id }: User, now: number): Promise<string[]> {
  const granted: string[] = [];
  for (const envelope of envelopes) {
    const wait = await takeMail(id, envelope, now);
    if (wait === undefined) granted.push(envelope.kind);
    else log.warn('mail_dropped', { reason: 'limit', kind: envelope.kind, user_id: id });
  }
  return granted;
}

/** Stores a link for a user and returns the address to be mailed; what it opens is in no other place. */
async function makeLink(purpose: Purpose, user: User, now: number): Promise<string> {
  const { id, username, email, password_changed_at } = user;
  const { token, name } = newToken(purpose, username);
  const expires_at = toSeconds(now) + PURPOSES[purpose].lifetime;
  await insertLink(name, {
    id,
    ...(purpose === 'verification' && { email }),
    ...(purpose === 'reset' && password_changed_at !== undefined && { password_changed_at }),
    expires_at,
  });
  return addressFor(purpose, token);
}
