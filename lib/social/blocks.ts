import * as v from 'valibot';
import { type Clock, toTimestamp } from '../clock.ts';
import { ApiError } from '../problems.ts';
import { type Block, type BlockOutcome, deleteBlock, insertBlock } from '../table/blocks.ts';
import type { Caller } from '../table/items.ts';
import type { Remember } from '../table/repetitions.ts';
import { leasedSequence } from '../table/sequences.ts';
import { readUsername } from '../table/users.ts';
import { Id, Timestamp } from '../users/views.ts';
import { absence } from './absence.ts';
import { UserId } from './follows.ts';

/** Whom to block: the id of a user. */
export const BlockRequest = v.object({ blocked: UserId });

/** A block as the one who blocks sees it. */
export const BlockView = v.object({
  id: Id,
  blocked: Id,
  blocked_username: v.string(),
  created_at: Timestamp,
});

/** Ids of blocks, taken from the table 20 at a time, as those of follows are. */
const nextBlockId = leasedSequence('block', 20);

/** Makes the caller block the user of that id; follows between the two end with it, and none can be made until it ends. */
export async function block(caller: Caller, blocked: number, clock: Clock, remember?: Remember) {
  if (blocked === caller.id) {
    throw new ApiError('cannot_block_self', { errors: { blocked: ['This is your own id.'] } });
  }
  const [blocked_username, id] = await Promise.all([readUsername(blocked), nextBlockId()]);
  if (blocked_username === undefined) throw new ApiError('not_found');

  const made: Block = { id, blocked, blocked_username, created_at: clock() };
  const view = viewBlock(made);
  const outcome = await insertBlock(caller, made, remember?.(view));
  if (outcome !== 'done') throw new ApiError(REFUSALS[outcome]);
  return view;
}

const REFUSALS = {
  unchanged: 'already_blocked',
  account_gone: 'token_not_valid',
  blocked_gone: 'not_found',
} as const satisfies Record<Exclude<BlockOutcome, 'done'>, string>;

/** Ends the caller's block of the user of that name. Follows that it ended do not come back. */
export async function unblock(caller: Caller, username: string): Promise<void> {
  const outcome = await deleteBlock({ blocker: caller.username, blocked: username }, { caller });
  if (outcome === 'account_gone') throw new ApiError('token_not_valid');
  if (outcome === 'unchanged') throw await absence(caller, username, 'not_blocked');
}

/** A block as the API shows it. */
export const viewBlock = (made: Block) => ({ ...made, created_at: toTimestamp(made.created_at) });
