import * as v from 'valibot';
import { ownedBy, requireAccount } from '../auth/identity.ts';
import { SessionView } from '../auth/sessions.ts';
import { type Clock, toTimestamp } from '../clock.ts';
import { REPORT_REASONS } from '../fields.ts';
import { invalid } from '../problems.ts';
import { readBlocksOf } from '../table/blocks.ts';
import { readFollowers, readFollowing } from '../table/follows.ts';
import type { Caller } from '../table/items.ts';
import { PAGE_END } from '../table/keys.ts';
import type { Page, PageRequest } from '../table/pages.ts';
import { readReportsBy } from '../table/reports.ts';
import { readSessions } from '../table/sessions.ts';
import { readUserWithCounts } from '../table/users.ts';
import { Id, OwnProfile, Statistics, Timestamp, viewProfile } from '../users/views.ts';

/** Entries of one page, all lists together. */
const PAGE = 100;

/** A list that is exported page by page, and how its positions are spelled. */
interface Section {
  name: string;
  position: RegExp;
  read: (username: string, page: PageRequest) => Promise<Page<object>>;
}

const section = <T>(
  name: string,
  position: RegExp,
  read: (username: string, page: PageRequest) => Promise<Page<T>>,
  view: (entry: T) => object,
): Section => ({
  name,
  position,
  read: async (username, page) => {
    const { entries, next } = await read(username, page);
    return { entries: entries.map(view), next };
  },
});

/** What is exported list by list, in this order; each is a member of {@link AccountExport}. */
const SECTIONS: readonly Section[] = [
  section('follows', PAGE_END.following, readFollowing, ({ id, following_username, created_at }) => ({
    ...{ id, username: following_username, created_at: toTimestamp(created_at) },
  })),
  section('followers', PAGE_END.followers, readFollowers, (username) => ({ username })),
  section('blocks', PAGE_END.blocked, readBlocksOf, ({ id, blocked_username, created_at }) => ({
    ...{ id, username: blocked_username, created_at: toTimestamp(created_at) },
  })),
  section('reports', PAGE_END.reports, readReportsBy, ({ report_id, reported_username, ...report }) => ({
    ...{ id: report_id, username: reported_username, reason: report.reason, text: report.text },
    created_at: toTimestamp(report.created_at),
    expires_at: toTimestamp(report.expires_at * 1000),
  })),
];

const NamedEdge = v.object({ id: Id, username: v.string(), created_at: Timestamp });

/** A page of what is stored about a user. The first one has the account itself; nothing of others but their names. */
export const AccountExport = v.object({
  exported_at: Timestamp,
  profile: v.nullable(v.object({ ...OwnProfile.entries, ...Statistics.entries })),
  sessions: v.array(v.object({ ...v.omit(SessionView, ['is_current']).entries, expires_at: Timestamp })),
  follows: v.array(NamedEdge),
  followers: v.array(v.object({ username: v.string() })),
  blocks: v.array(NamedEdge),
  reports: v.array(
    v.object({
      id: v.string(),
      username: v.string(),
      reason: v.picklist(REPORT_REASONS),
      text: v.string(),
      created_at: Timestamp,
      expires_at: Timestamp,
    }),
  ),
  next: v.nullable(v.string()),
});

export const ExportQuery = v.object({ cursor: v.optional(v.string()) });

/** Where a page begins: in which section, and after which entry of it; at its beginning where there is no position. */
interface Start {
  section: number;
  after: string | undefined;
}

/** One page of everything that is stored about the caller. */
export async function exportAccount(
  caller: Caller,
  { cursor }: v.InferOutput<typeof ExportQuery>,
  clock: Clock,
): Promise<v.InferInput<typeof AccountExport>> {
  const now = clock();
  const start = cursor === undefined ? { section: 0, after: undefined } : decode(cursor);
  const [account, page] = await Promise.all([
    cursor === undefined ? readOwn(caller, now) : requireAccount(caller).then(() => undefined),
    readPage(caller.username, start),
  ]);
  return {
    exported_at: toTimestamp(now),
    profile: account?.profile ?? null,
    sessions: account?.sessions ?? [],
    ...page,
  };
}

async function readOwn(caller: Caller, now: number) {
  const [user, sessions] = await Promise.all([
    readUserWithCounts(caller.username, { consistent: true }),
    readSessions(caller.username, now, { consistent: true }),
  ]);
  return {
    profile: viewProfile(ownedBy(caller, user)),
    sessions: sessions.map(({ sid, device, created_at, last_used_at, expires_at }) => ({
      ...{ id: sid, device },
      created_at: toTimestamp(created_at),
      last_used_at: toTimestamp(last_used_at),
      expires_at: toTimestamp(expires_at * 1000),
    })),
  };
}

/** Reads on from section to section until the page is full. */
async function readPage(username: string, start: Start) {
  const lists = Object.fromEntries(SECTIONS.map(({ name }): [string, object[]] => [name, []]));
  let room = PAGE;
  let { section: number, after }: Start = start;
  for (const { name, read } of SECTIONS.slice(number)) {
    if (room === 0) break;
    const { entries, next } = await read(username, { after, size: room });
    lists[name] = entries;
    room -= entries.length;
    after = next;
    if (next !== undefined) break;
    number++;
  }
  const is_last = number === SECTIONS.length;
  return { ...(lists as Lists), next: is_last ? null : encode({ section: number, after }) };
}

type Lists = Pick<v.InferInput<typeof AccountExport>, 'follows' | 'followers' | 'blocks' | 'reports'>;

const Cursor = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64url').toString()),
  v.parseJson(),
  v.strictTuple([v.picklist(SECTIONS.map(({ name }) => name)), v.nullable(v.string())]),
);

const encode = ({ section, after = null }: { section: number; after: string | null | undefined }) =>
  Buffer.from(JSON.stringify([SECTIONS[section]?.name, after])).toString('base64url');

function decode(cursor: string): Start {
  const result = v.safeParse(Cursor, cursor);
  if (result.success) {
    const [name, after] = result.output;
    const section = SECTIONS.findIndex((one) => one.name === name);
    if (after === null || SECTIONS[section]?.position.test(after)) {
      return { section, after: after ?? undefined };
    }
  }
  throw invalid({ cursor: ['This is not a cursor of this export.'] });
}
