import * as v from 'valibot';
import { afterLast, type Clock, toSeconds } from '../clock.ts';
import { ApiError, invalid } from '../problems.ts';
import type { Caller } from '../table/items.ts';
import type { Remember } from '../table/repetitions.ts';
import { beginEpoch } from '../table/sessions.ts';
import type { User } from '../table/users.ts';
import { TOKENS } from '../tokenRules.ts';
import { checkRepeated, requirePassword } from './credentials.ts';
import { loadSigningKey } from './keys.ts';
import {
  blameDifference,
  CurrentPassword,
  comparing,
  newPasswordTwice,
  resemblances,
} from './passwordRules.ts';
import { hashPassword } from './passwords.ts';
import { logSecurity } from './securityLog.ts';
import { issueTokenPair, type TokenPair } from './tokens.ts';

/** What a change of a password takes. */
export const PasswordChange = v.pipe(
  v.object({ current_password: CurrentPassword, ...newPasswordTwice }),
  comparing((fields, blame) => blameDifference(fields, blame, 'new_password')),
);

interface Origin {
  source_ip: string;
  clock: Clock;
}

/** What is remembered of a change, so that it can be repeated. */
const Remembered = v.object({ epoch: v.number() });

/**
 * Changes the caller's password and ends all sessions but the caller's, at once: answers the tokens that are good from
 * now on. A wrong current password is `invalid`, and counts as a failed login. Throws `token_not_valid` when the
 * caller's own session has ended.
 */
export async function changePassword(
  caller: Caller,
  { current_password, new_password }: v.InferOutput<typeof PasswordChange>,
  { source_ip, clock, remember }: Origin & { remember?: Remember | undefined },
): Promise<TokenPair> {
  // Nobody is logged out everywhere because of a key that cannot be had.
  await loadSigningKey();
  const origin = { password: current_password, source_ip, clock };
  const user = await requirePassword(caller, 'current_password', origin);
  refuseResemblance(new_password, user);
  const password_hash = await hashPassword(new_password);
  const now = clock();
  const epoch = caller.epoch + 1;
  const begun = await beginEpoch(caller, now, toSeconds(now) + TOKENS.refresh.lifetime, {
    user: { password_hash, password_changed_at: afterLast(now, user.password_changed_at) },
    also: remember?.({ epoch } satisfies v.InferOutput<typeof Remembered>),
  });
  if (!begun) throw new ApiError('token_not_valid');
  logSecurity('password_changed', caller, source_ip);
  return issueTokenPair({ ...caller, epoch }, now);
}

/**
 * Answers a change that took effect before with fresh tokens, to the old one, for the new password only; any other one
 * is another request, and counts as a failed login. Throws `token_not_valid` when something has ended the session since.
 */
export async function repeatPasswordChange(
  remembered: unknown,
  caller: Caller,
  { new_password }: v.InferOutput<typeof PasswordChange>,
  { source_ip, clock }: Origin,
): Promise<TokenPair> {
  const { epoch } = v.parse(Remembered, remembered);
  const { username, id } = caller;
  const user = await checkRepeated({ username, password: new_password }, source_ip, clock);
  if (user.id !== id || user.epoch !== epoch) throw new ApiError('token_not_valid');
  return issueTokenPair({ ...caller, epoch }, clock());
}

/** Throws `invalid` for a new password that is told by the rest of the account. */
export function refuseResemblance(new_password: string, { username, email }: User): void {
  const sentences = resemblances(new_password, username, email);
  if (sentences.length > 0) throw invalid({ new_password: sentences });
}
