import { eraseAccount } from '../../lib/accounts/eraser.ts';
import { toTimestamp } from '../../lib/clock.ts';
import { hideUser, showUser } from '../../lib/table/removals.ts';
import { beginEpoch, readSessions } from '../../lib/table/sessions.ts';
import { noteVerifiedEmail, readAnyUserWithCounts, readUser, type User } from '../../lib/table/users.ts';
import { type EdgeCount, measureDrift, repairCount, sumOf } from '../audit/drift.ts';
import { AdminRefused, type CommandName } from './usage.ts';

/** What an operator may do to a user, and what is said of it afterwards. */
type Command = (user: User) => Promise<string>;

const COMMANDS: Record<CommandName, Command> = {
  show: async ({ username }) => {
    const [found, sessions] = await Promise.all([
      readAnyUserWithCounts(username, { consistent: true }),
      readSessions(username, Date.now()),
    ]);
    if (!found) throw unknown(username);
    const { counts, id, email, created_at, updated_at, epoch } = found;
    return [
      `${found.username}, id ${id}, ${stateOf(found)}`,
      `  address     ${email}`,
      `  registered  ${toTimestamp(created_at)}, changed ${toTimestamp(updated_at)}`,
      `  sessions    ${sessions.filter((session) => session.epoch === epoch).length}`,
      ...Object.entries(counts).map(([name, count]) => `  ${name.padEnd(18)}${count}`),
    ].join('\n');
  },

  suspend: async (user) => {
    if (user.suspended_at !== undefined) throw new AdminRefused(`${user.username} is suspended already.`);
    if (!(await hideUser(user, 'suspended_at', Date.now))) throw overtaken(user);
    return `${user.username} is suspended: seen nowhere, logged out everywhere.`;
  },

  restore: async (user) => {
    if (user.suspended_at === undefined) throw new AdminRefused(`${user.username} is not suspended.`);
    if (!(await showUser(user, Date.now))) throw overtaken(user);
    return `${user.username} is restored, and may log in again.`;
  },

  'end-sessions': async (user) => {
    if (!(await beginEpoch(user, Date.now(), 0))) throw overtaken(user);
    return `${user.username} is logged out everywhere.`;
  },

  'verify-email': async (user) => {
    await noteVerifiedEmail(user, Date.now());
    return `The address ${user.email} counts as verified.`;
  },

  recount: async (user) => {
    const corrections = await Promise.all(EDGE_COUNTS.map((count) => recount(user, count)));
    return `Corrections: ${corrections.join(', ')}.`;
  },

  erase: async (user) => {
    if (user.deleted_at === undefined && !(await hideUser(user, 'deleted_at', Date.now)))
      throw overtaken(user);
    for (;;) {
      const { outcome } = await eraseAccount(user);
      if (outcome !== 'unfinished') return `${user.username} is erased: the name and the address are free.`;
    }
  },
};

/**
 * Carries out a command and says what came of it. Throws {@link AdminRefused} where there is nobody of that name, or it
 * makes no sense.
 */
export async function carryOut(name: CommandName, username: string): Promise<string> {
  const user = await readUser(username);
  if (!user) throw unknown(username);
  const works_on_deleted = name === 'show' || name === 'erase';
  if (user.deleted_at !== undefined && !works_on_deleted) {
    throw new AdminRefused(`${user.username} is deleted, and is being erased.`);
  }
  return COMMANDS[name](user);
}

const EDGE_COUNTS = ['followers_count', 'following_count'] as const;

/** Milliseconds by which the index may be behind the table. */
const SETTLING = 1000;

/** Puts a count right from the edges, while people follow and unfollow, and says what was added to it. */
async function recount(user: User, count: EdgeCount): Promise<string> {
  const drift = await measureDrift(user.username, count, SETTLING);
  if (!drift) throw new AdminRefused(`${count} of ${user.username} changes too fast: try again.`);
  const correction = 0 - sumOf(drift);
  if (correction !== 0 && !(await repairCount(user, count, drift))) throw overtaken(user);
  return `${count} ${correction > 0 ? '+' : ''}${correction}`;
}

const unknown = (username: string) => new AdminRefused(`There is no user ${username}.`);

const overtaken = ({ username }: User) =>
  new AdminRefused(`Something else has just happened to ${username}: see show, then try again.`);

function stateOf({ deleted_at, suspended_at }: User): string {
  if (deleted_at !== undefined) return `deleted ${toTimestamp(deleted_at)} and being erased`;
  return suspended_at === undefined ? 'active' : `suspended ${toTimestamp(suspended_at)}`;
}
