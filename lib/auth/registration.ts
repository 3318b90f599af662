import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { LONGEST_WRITE, within } from '../deadline.ts';
import { borrowedAddress, Email, registeredTexts, Username } from '../fields.ts';
import { SENDS_MAIL } from '../mail/sending.ts';
import { ApiError, PROBLEMS } from '../problems.ts';
import { newMail } from '../table/mails.ts';
import type { Limit } from '../table/quotas.ts';
import type { Remember } from '../table/repetitions.ts';
import { leaseIds } from '../table/sequences.ts';
import { insertSession, newSession } from '../table/sessions.ts';
import { insertUser, type User } from '../table/users.ts';
import { viewUser } from '../users/views.ts';
import { checkRepeated } from './credentials.ts';
import { refuseCrowds } from './crowds.ts';
import { loadSigningKey } from './keys.ts';
import {
  blameDifference,
  comparing,
  isText,
  NewPassword,
  PasswordAgain,
  resemblances,
} from './passwordRules.ts';
import { hashPassword } from './passwords.ts';
import { logSecurity } from './securityLog.ts';
import { beginSession, Device } from './sessions.ts';
import { issueTokenPair } from './tokens.ts';

/**
 * What registration takes. Fields are compared with each other even when they have other faults. That `username` and
 * `email` are new is for the write to find out, not for this schema.
 */
export const Registration = v.pipe(
  v.object({
    username: Username,
    email: Email,
    password: NewPassword,
    password_confirm: PasswordAgain,
    ...registeredTexts,
    device: v.optional(Device),
  }),
  comparing((fields, blame) => {
    const { username, email, password } = fields;
    blameDifference(fields, blame, 'password');
    for (const sentence of isText(password) ? resemblances(password, username, email) : []) {
      blame('password', sentence);
    }
    const borrowed = isText(username) && isText(email) ? borrowedAddress(username, email) : undefined;
    if (borrowed) blame('username', borrowed);
  }),
);

/**
 * How many accounts may come from one source. Attempts that fail count as well: what they tell of names and addresses is
 * worth something to those who collect it.
 */
const SOURCE_LIMITS: Limit[] = [
  { times: config.REGISTRATIONS_PER_HOUR, within: 60 * 60 },
  { times: config.REGISTRATIONS_PER_DAY, within: 24 * 60 * 60 },
];

interface RegistrationOrigin {
  source_ip: string;
  user_agent: string;
  clock: Clock;
  remember?: Remember | undefined;
}

/**
 * Creates a user and signs the first tokens. Of any number of racing registrations of one name or address exactly
 * one wins; the others throw `username_taken` or `email_taken`, and leave nothing behind. Where the username is taken,
 * nothing is said about the address. Nothing is written for a user who could not be given tokens: the signing key is
 * loaded first.
 */
export async function register(
  registration: v.InferOutput<typeof Registration>,
  { source_ip, user_agent, clock, remember }: RegistrationOrigin,
) {
  const { password, password_confirm: _, device, ...fields } = registration;
  const [id] = await Promise.all([
    leaseIds('user', 1),
    loadSigningKey(),
    refuseCrowds('REGISTRATION', source_ip, SOURCE_LIMITS, clock()),
  ]);
  const password_hash = await hashPassword(password);

  const now = clock();
  const user: User = { id, ...fields, avatar: null, created_at: now, updated_at: now, epoch: 0 };
  const session = beginSession(0, now, device, user_agent);
  const others = {
    ...newSession(user.username, session),
    ...(SENDS_MAIL && newMail(user.username, { kind: 'verification', id }, now)),
    ...remember?.({ id }),
  };
  const taken = await within(LONGEST_WRITE, () => insertUser({ ...user, password_hash }, others));
  if (taken) {
    const code = `${taken}_taken` as const;
    throw new ApiError(code, { errors: { [taken]: [PROBLEMS[code].detail] } });
  }
  logSecurity('registered', user, source_ip);
  return { user: viewUser(user), ...(await issueTokenPair({ ...user, sid: session.sid }, clock())) };
}

/**
 * Answers a registration that took effect before: the same user with fresh tokens, for the right password only, in a
 * session of their own. Any other one is another request, and counts as a failed login.
 */
export async function repeatRegistration(
  registered: unknown,
  { username, password, device }: v.InferOutput<typeof Registration>,
  { source_ip, user_agent, clock }: Omit<RegistrationOrigin, 'remember'>,
) {
  const { id } = v.parse(v.object({ id: v.number() }), registered);
  const user = await checkRepeated({ username, password }, source_ip, clock);
  if (user.id !== id) throw new ApiError('idempotency_key_reused');
  const now = clock();
  const session = beginSession(user.epoch, now, device, user_agent);
  await insertSession(user.username, session);
  return { user: viewUser(user), ...(await issueTokenPair({ ...user, sid: session.sid }, now)) };
}
