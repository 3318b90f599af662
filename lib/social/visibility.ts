import type { Account } from '../table/accounts.ts';
import { type Counterpart, isBlockedBy, readBlocks } from '../table/blocks.ts';

/** Who looks: an account as it was read, by its name. */
type Viewer = Account & { username: string };

/** Whom a viewer is not shown, because one of the two blocks the other. */
export interface Hidden {
  ids: readonly number[];
  /** In lower case. */
  names: readonly string[];
  /** Those of them whom the viewer blocks. In lower case. */
  blocked: ReadonlySet<string>;
  /** Those of them who block the viewer: to the viewer they are gone. In lower case. */
  blockers: ReadonlySet<string>;
}

/** Where no blocks are between. */
export const NOBODY: Hidden = { ids: [], names: [], blocked: new Set(), blockers: new Set() };

/** Whom the viewer is not shown: nobody, without a read, where the account counts no block. */
export async function readHidden(viewer: Viewer): Promise<Hidden> {
  if (viewer.blocking_count + viewer.blocked_by_count === 0) return NOBODY;
  const blocks = await readBlocks(viewer.username);
  const on = (wanted: Counterpart['side']) =>
    new Set(blocks.filter(({ side }) => side === wanted).map(nameOf));
  return {
    ids: [...new Set(blocks.map(({ id }) => id))],
    names: [...new Set(blocks.map(nameOf))],
    blocked: on('blocked'),
    blockers: on('blocker'),
  };
}

const nameOf = ({ username }: Counterpart) => username.toLowerCase();

/**
 * Whether that user is gone as far as the viewer may know. Asked of the table whether or not the user exists, so that
 * the time of an answer does not tell the two apart; nothing is asked for a viewer whom nobody blocks.
 */
export async function isHiddenFrom(viewer: Viewer, username: string): Promise<boolean> {
  return viewer.blocked_by_count > 0 && isBlockedBy(viewer.username, username);
}
