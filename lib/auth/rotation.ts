import { toSeconds } from '../clock.ts';
import { ApiError } from '../problems.ts';
import { deleteSession, type Session, sessionIn, useSession } from '../table/sessions.ts';
import { TOKENS } from '../tokenRules.ts';
import type { VerifiedToken } from './tokens.ts';

/** A session that rotates ends so many seconds after it began, however often it was refreshed. */
const LONGEST_SESSION = 90 * 24 * 60 * 60;

/** How far `last_used_at` may lag, in milliseconds, so that a refresh seldom writes. */
const LAG = 60 * 60 * 1000;

/**
 * A session remembers the last generation of refresh tokens that was used, `g`; each refresh token says its own, `n`. The
 * first one has 0, and each one that a rotation answers has one more than the one it was asked with.
 *
 * | n       | it is                                                  | then                                       |
 * | ------- | ------------------------------------------------------ | ------------------------------------------ |
 * | `g`     | the one in use, whose child may have got lost          | stays in use; a child is `g + 1`           |
 * | `g + 1` | a child that is used for the first time: it arrived    | is in use now: `g` becomes `n`             |
 * | `< g`   | a parent though its child has arrived: one copy too many | the session ends, for whoever has a copy |
 * | `> g + 1` | nothing that we ever signed                          | not valid                                  |
 *
 * So a phone that lost an answer asks again with the parent as often as it must, racing calls get children of one
 * generation that are all good, and a parent that comes back after its child was used tells of a thief, whichever of
 * the two it is who comes. Moving `g` is one conditional write; whoever loses that race looks again from the top.
 */
export async function useRefreshToken(
  token: VerifiedToken,
  session: Session,
  now: number,
  rotate: boolean,
): Promise<{ expires_at: number }> {
  let read = session;
  for (;;) {
    if (token.generation > read.generation + 1) throw new ApiError('token_not_valid');
    if (token.generation < read.generation) {
      await deleteSession(token.username, read.sid);
      throw new ApiError('token_reused');
    }
    const expires_at = rotate ? expiryOfChild(read, now) : read.expires_at;
    const arrived = token.generation > read.generation;
    const is_stale = now - read.last_used_at >= LAG;
    if (!rotate && !arrived && !is_stale) return { expires_at };

    const used = {
      generation: token.generation,
      last_used_at: now,
      expires_at: Math.max(expires_at, read.expires_at),
    };
    const written = await useSession(token.username, read, used);
    if (written.done) return { expires_at };
    const found = sessionIn(written);
    if (!found) throw new ApiError('token_not_valid');
    read = found;
  }
}

/** Seven days from now, but no longer than a session may last. */
const expiryOfChild = ({ created_at }: Session, now: number) =>
  Math.min(toSeconds(now) + TOKENS.refresh.lifetime, toSeconds(created_at) + LONGEST_SESSION);
