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
 * A session remembers the last generation of refresh tokens that was used, `g`, and which token was used first in it,
 * `current`; each refresh token says its own generation, `n`. The first one has 0, and each one that a rotation answers
 * has one more than the one it was asked with.
 *
 * | n         | it is                                                          | then                                       |
 * | --------- | -------------------------------------------------------------- | ------------------------------------------ |
 * | `g`       | `current`, or the only one of generation 0: its child may have got lost | stays in use; a child is `g + 1`  |
 * | `g`       | another one: the sibling of one that has arrived, a copy too many | the session ends, for whoever has a copy |
 * | `g + 1`   | a child that is used for the first time: it has arrived        | is in use now: `g` becomes `n`, `current` this one |
 * | `< g`     | a parent though its child has arrived: a copy too many         | the session ends, for whoever has a copy   |
 * | `> g + 1` | nothing that we ever signed                                    | not valid                                  |
 *
 * So a phone that lost an answer asks again with the parent as often as it must, and racing calls get children of one
 * generation, of which it uses one. As soon as a second one of a generation is used, or a parent after its child, there
 * are two who refresh, whichever of them it is who comes. Moving `g` is one conditional write; whoever loses that race
 * looks again from the top.
 */
export async function useRefreshToken(
  token: VerifiedToken,
  session: Session,
  now: number,
  rotate: boolean,
): Promise<{ expires_at: number }> {
  let read = session;
  for (;;) {
    if (read.epoch !== token.epoch || token.generation > read.generation + 1) {
      throw new ApiError('token_not_valid');
    }
    if (isCopy(token, read)) {
      await deleteSession(token.username, read);
      throw new ApiError('token_reused');
    }
    const expires_at = rotate ? expiryOfChild(read, now) : read.expires_at;
    const arrived = token.generation > read.generation;
    const is_stale = now - read.last_used_at >= LAG;
    if (!rotate && !arrived && !is_stale) return { expires_at };

    const used = {
      generation: token.generation,
      current: token.jti,
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

/** Whether another token has taken the place of this one, or came first in its generation. */
const isCopy = ({ generation, jti }: VerifiedToken, session: Session) =>
  generation < session.generation ||
  (generation === session.generation && generation > 0 && jti !== session.current);

/** Seven days from now, but no longer than a session may last. */
const expiryOfChild = ({ created_at }: Session, now: number) =>
  Math.min(toSeconds(now) + TOKENS.refresh.lifetime, toSeconds(created_at) + LONGEST_SESSION);
