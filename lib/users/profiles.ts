import * as v from 'valibot';
import { ownedBy, requireAccount } from '../auth/identity.ts';
import { logSecurity } from '../auth/securityLog.ts';
import type { Clock } from '../clock.ts';
import { config } from '../config.ts';
import { Avatar, Email, profileTexts } from '../fields.ts';
import { SENDS_MAIL } from '../mail/sending.ts';
import { ApiError, PROBLEMS } from '../problems.ts';
import { isHiddenFrom } from '../social/visibility.ts';
import type { Caller } from '../table/items.ts';
import { newMail } from '../table/mails.ts';
import {
  type ChangeOutcome,
  type ProfileChanges as Changes,
  updateUser,
  updateUserExactly,
} from '../table/profileChanges.ts';
import type { Limit } from '../table/quotas.ts';
import type { Remember } from '../table/repetitions.ts';
import { readUser, readUserWithCounts, type User } from '../table/users.ts';
import { viewProfile, viewUser } from './views.ts';

/** What a user may change: any subset, and nothing else. */
export const ProfileChanges = v.partial(v.object({ ...profileTexts, avatar: Avatar, email: Email }));

/**
 * The user of that name, in any case, with counts. A caller who comes with a token must still have an account; one whom
 * the user blocks finds nobody.
 */
export async function getProfile(username: string, caller: Caller | undefined) {
  const [profile, viewer] = await Promise.all([
    readUserWithCounts(username),
    caller && requireAccount(caller),
  ]);
  const is_hidden = viewer && (await isHiddenFrom(viewer, username));
  if (!profile || is_hidden) throw new ApiError('not_found');
  return viewProfile(profile);
}

/** The caller's own user with counts, every answered write included. */
export async function getOwnProfile(caller: Caller) {
  return viewProfile(ownedBy(caller, await readUserWithCounts(caller.username, { consistent: true })));
}

/** How often a profile may change. */
const CHANGES: Limit = { times: config.PROFILE_CHANGES, within: 10 * 60 };

/**
 * Changes the named fields of the caller and no others, so that racing changes never lose one another's fields.
 * Nothing named changes nothing. A new email address is claimed and the old one freed with the change, and where mail is
 * sent, both are told; throws
 * `email_taken` when somebody else has it, and `throttled` after too many changes.
 */
export async function updateProfile(
  caller: Caller,
  changes: v.InferOutput<typeof ProfileChanges>,
  { source_ip, clock, remember }: { source_ip: string; clock: Clock; remember?: Remember | undefined },
) {
  const { email, ...rest } = changes as Changes;
  if (Object.keys(changes).length === 0) return viewUser(ownedBy(caller, await readUser(caller.username)));
  const change =
    email === undefined && !remember
      ? await updateUser(caller, rest, clock, CHANGES)
      : await updateUserExactly(caller, changes as Changes, clock, {
          limit: CHANGES,
          also: (user, old_email) => ({ ...remember?.(viewUser(user)), ...tell(user, old_email) }),
        });
  if (change.outcome !== 'updated') throw refusal(change);
  if (email !== undefined) logSecurity('email_changed', caller, source_ip);
  return viewUser(change.user);
}

/** What has a link mailed to a new address, and the old one told. */
const tell = ({ id, username, updated_at }: User, old_email: string | undefined) =>
  SENDS_MAIL && old_email !== undefined
    ? newMail(username, { kind: 'email_changed', id, address: old_email }, updated_at)
    : {};

function refusal(change: Exclude<ChangeOutcome, { outcome: 'updated' }>): ApiError {
  if (change.outcome === 'throttled') return new ApiError('throttled', { retry_after: change.seconds });
  if (change.outcome === 'account_gone') return new ApiError('token_not_valid');
  return new ApiError('email_taken', { errors: { email: [PROBLEMS.email_taken.detail] } });
}
