import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { toSeconds } from '../clock.ts';
import { parseItem } from './items.ts';
import { forgottenKey, mailKey } from './keys.ts';
import { getItem } from './read.ts';
import type { Key } from './send.ts';
import { deleteItem, putItem, updateItem, type Write } from './write.ts';

/** Seconds until a mail that could not go is forgotten. */
const LIFETIME = 24 * 60 * 60;

const wanted = {
  /** Which of its mails may go; absent until they were counted. */
  granted: v.optional(v.array(v.string())),
};

export const MailItem = v.intersect([
  v.object({ expires_at: v.number() }),
  v.variant('kind', [
    v.object({ kind: v.literal('verification'), id: v.number(), ...wanted }),
    /** `address` is the one that the account had before. */
    v.object({ kind: v.literal('email_changed'), id: v.number(), address: v.string(), ...wanted }),
    /** `address` is the one that somebody named; whether anybody has it is not known yet. */
    v.object({ kind: v.literal('forgotten'), address: v.string(), ...wanted }),
  ]),
]);

/** A mail that is to go: which, and for whom. It holds no token. */
export type Mail = v.InferOutput<typeof MailItem>;

type Wanted<Kind extends Mail['kind']> = {
  [K in Kind]: Omit<Extract<Mail, { kind: K }>, 'expires_at'>;
}[Kind];

const ATTRIBUTES = ['kind', 'id', 'address', 'granted', 'expires_at'];

const newId = () => randomBytes(9).toString('base64url');

const itemOf = (key: Key, mail: object, now: number) => ({
  Item: { ...key, ...mail, expires_at: toSeconds(now) + LIFETIME },
});

/** The write that asks for a mail to a user, for the transaction of what it tells of. */
export const newMail = (
  username: string,
  mail: Wanted<'verification' | 'email_changed'>,
  now: number,
): { mail: Write } => ({ mail: { Put: itemOf(mailKey(username, newId()), mail, now) } });

/** Asks for a mail to a user, by itself. */
export const insertMail = (username: string, mail: Wanted<'verification'>, now: number): Promise<void> =>
  putItem(itemOf(mailKey(username, newId()), mail, now));

/** Asks for a mail to whoever has an address, of which `name` is a pseudonym. */
export const insertForgotten = (name: string, address: string, now: number): Promise<void> =>
  putItem(itemOf(forgottenKey(name, newId()), { kind: 'forgotten', address }, now));

/** The mail under that key, `undefined` when it has gone or is of no use any more at `now` (ms). A consistent read. */
export async function readMail(key: Key, now: number): Promise<Mail | undefined> {
  const item = await getItem(key, { consistent: true, attributes: ATTRIBUTES });
  const mail = item && parseItem(MailItem, 'mail', item);
  return mail && mail.expires_at > toSeconds(now) ? mail : undefined;
}

/** Notes which of its mails may go, so that they are not counted again when they are tried again. */
export async function grantMails(Key: Key, granted: readonly string[]): Promise<void> {
  await updateItem({
    Key,
    UpdateExpression: 'SET granted = :granted',
    ConditionExpression: 'attribute_exists(PK)',
    ExpressionAttributeValues: { ':granted': granted },
  });
}

/** Forgets a mail that has gone, or need not go. */
export const deleteMail = (Key: Key): Promise<boolean> => deleteItem({ Key });
