import * as v from 'valibot';
import { toSeconds } from '../../lib/clock.ts';
import { AccountItem } from '../../lib/table/accounts.ts';
import { BlockedByItem, BlockItem, readBlocks } from '../../lib/table/blocks.ts';
import { CountsItem } from '../../lib/table/counters.ts';
import { Window } from '../../lib/table/failedLogins.ts';
import { FollowItem } from '../../lib/table/follows.ts';
import {
  accountKey,
  blockedByKey,
  blockKey,
  changeIn,
  emailKey,
  followIndexKey,
  followKey,
  followTimeIn,
  type ItemKind,
  ownerIn,
  sessionKey,
  userIdKey,
  userIndexKey,
  userKey,
} from '../../lib/table/keys.ts';
import { LinkItem } from '../../lib/table/links.ts';
import { MailItem } from '../../lib/table/mails.ts';
import { QuotaItem } from '../../lib/table/quotas.ts';
import { Repetition } from '../../lib/table/repetitions.ts';
import { ReportItem } from '../../lib/table/reports.ts';
import type { Key } from '../../lib/table/send.ts';
import { SequenceItem } from '../../lib/table/sequences.ts';
import { SessionItem } from '../../lib/table/sessions.ts';
import { Manifest } from '../../lib/table/snapshots.ts';
import { CredentialItem, isActive } from '../../lib/table/userItem.ts';
import { Claim, IdClaim } from '../../lib/table/users.ts';
import { compareCount, type EdgeCount, measureDrift, repairCount, sumOf } from './drift.ts';
import type { Item, Look } from './look.ts';

/** Something that holds of every item of a kind, in every moment. */
export interface Invariant {
  of: readonly ItemKind[];
  /** What is wrong with the item, to be read after its key; nothing where the invariant holds. */
  find(item: Item, look: Look): Promise<string | undefined> | string | undefined;
  /** Puts it right, where that loses nothing. */
  repair?(item: Item, settling: number): Promise<boolean>;
}

const Expiring = v.object({ expires_at: v.number() });

/** What an item of each kind must have, keys apart. */
export const SHAPES: Record<ItemKind, v.GenericSchema> = {
  user: CredentialItem,
  stripe: CountsItem,
  follow: FollowItem,
  session: SessionItem,
  revoked_token: Expiring,
  repetition: Repetition,
  registration: Repetition,
  mail: MailItem,
  link: LinkItem,
  block: BlockItem,
  blocked_by: BlockedByItem,
  report: ReportItem,
  id_claim: IdClaim,
  email_claim: Claim,
  sequence: SequenceItem,
  failed_logins: v.intersect([Window, Expiring]),
  quota: v.intersect([QuotaItem, Expiring]),
  event: Expiring,
  snapshot: v.intersect([Manifest, Expiring]),
  snapshot_claim: v.intersect([v.object({ writer: v.string(), claimed_until: v.number() }), Expiring]),
};

const lower = (name: unknown) => String(name).toLowerCase();

const isInSight = ({ suspended_at, deleted_at }: Item) => isActive({ suspended_at, deleted_at });

const isAt = (item: Item, { PK, SK }: Key) => item.PK === PK && item.SK === SK;

/** An invariant that holds or not: `says` what is wrong where it does not. */
const rule = (
  of: ItemKind | readonly ItemKind[],
  says: string,
  holds: (item: Item, look: Look) => Promise<boolean> | boolean,
): Invariant => ({
  of: [of].flat() as ItemKind[],
  find: async (item, look) => ((await holds(item, look)) ? undefined : says),
});

/** A count of a user is the number of its edges. */
const counts = (count: EdgeCount, edges_are: string): Invariant => ({
  of: ['user'],
  async find({ username }, look) {
    const { counted, edges, is_still } = await compareCount(username, count);
    if (is_still && counted === edges) return undefined;
    // A count and its edges cannot be read in one moment: the first look finds suspicions, not more.
    if (look.settling === undefined) return `may not count its ${edges_are}`;
    const drift = await measureDrift(username, count, look.settling);
    if (!drift) return `changes too fast to count ${edges_are}`;
    return sumOf(drift) === 0 ? undefined : `counts ${sumOf(drift)} ${edges_are} too many`;
  },
  async repair({ id, username }, settling) {
    const drift = await measureDrift(username, count, settling);
    if (!drift) return false;
    return sumOf(drift) === 0 || (await repairCount({ id, username }, count, drift));
  },
});

/** An account counts the blocks that it takes part in. */
const blockCounts = (count: 'blocking_count' | 'blocked_by_count', side: 'blocked' | 'blocker'): Invariant =>
  rule('user', `has another ${count} than blocks`, async ({ username }, look) => {
    const account = await look.get(accountKey(username));
    const blocks = await readBlocks(username, { consistent: look.settling !== undefined });
    return (account?.[count] ?? 0) === blocks.filter((block) => block.side === side).length;
  });

/** Days after which something expired is gone for sure: DynamoDB takes some. */
const LINGERING = 14 * 24 * 60 * 60;

/**
 * What holds in every table of this service, one entry an invariant. An item is compared only when it has its shape. A
 * new kind of item gets a shape above, and here what must agree with others.
 */
export const INVARIANTS: readonly Invariant[] = [
  rule('user', 'is not under its name', (user) => isAt(user, userKey(user.username))),
  rule('user', 'has no claim on its id', async (user, look) => {
    const claim = await look.get(userIdKey(user.id));
    return claim !== undefined && claim.username === (isInSight(user) ? user.username : undefined);
  }),
  rule(
    'user',
    'has no claim on its email address',
    async ({ email, username }, look) => (await look.get(emailKey(email)))?.username === username,
  ),
  rule(
    'user',
    'has no account',
    async ({ username }, look) => (await look.get(accountKey(username))) !== undefined,
  ),
  rule('user', 'has an account with another id', async ({ id, username }, look) => {
    const account = await look.get(accountKey(username));
    return account === undefined || account.id === id;
  }),
  rule('user', 'is in another epoch than its account', async ({ username, epoch }, look) => {
    const account = await look.get(accountKey(username));
    return account === undefined || (account.epoch ?? 0) === (epoch ?? 0);
  }),
  rule(
    'user',
    'is not in its shard of the directory',
    (user) => user.GSI1PK === (isInSight(user) ? userIndexKey(user.id, 0).GSI1PK : undefined),
  ),
  rule(
    'user',
    'stands in the directory under another id',
    (user) => !isInSight(user) || changeIn(String(user.GSI1SK)).id === user.id,
  ),
  rule(
    'user',
    'stands in the directory later than its last change',
    (user) => !isInSight(user) || changeIn(String(user.GSI1SK)).time <= user.updated_at,
  ),
  counts('following_count', 'followed'),
  counts('followers_count', 'followers'),
  rule('id_claim', 'is claimed for nobody', async (claim, look) => {
    if (claim.username === undefined) return true;
    const user = await look.get(userKey(claim.username));
    return user !== undefined && isAt(claim, userIdKey(user.id));
  }),
  rule(
    'id_claim',
    "is nobody's, and the directory is not told",
    ({ username, id, updated_at, GSI1PK, GSI1SK }) => {
      const told = userIndexKey(id, updated_at);
      return username !== undefined || (GSI1PK === told.GSI1PK && GSI1SK === told.GSI1SK);
    },
  ),
  rule('email_claim', 'is claimed for nobody', async (claim, look) => {
    const user = await look.get(userKey(claim.username));
    return user !== undefined && isAt(claim, emailKey(user.email));
  }),
  rule(
    [
      'stripe',
      'session',
      'revoked_token',
      'repetition',
      'mail',
      'link',
      'block',
      'blocked_by',
      'report',
      'follow',
    ],
    'belongs to nobody',
    async ({ PK }, look) => !PK.startsWith('USER#') || (await look.get(userKey(ownerIn(PK)))) !== undefined,
  ),
  rule(
    'stripe',
    'is an account without an id',
    (stripe) => !isAt(stripe, accountKey(ownerIn(stripe.PK))) || v.is(AccountItem, stripe),
  ),
  rule('follow', 'is not under the name that is followed', (edge) =>
    isAt(edge, followKey(ownerIn(edge.PK), edge.following_username)),
  ),
  rule('follow', 'is not among the followers', ({ PK, following_username, GSI1PK, GSI1SK }) => {
    const index = followIndexKey(ownerIn(PK), following_username, followTimeIn(String(GSI1SK)));
    return GSI1PK === index.GSI1PK && GSI1SK === index.GSI1SK;
  }),
  rule(
    'follow',
    'is of somebody whom nobody knows',
    async ({ following_username }, look) => (await look.get(userKey(following_username))) !== undefined,
  ),
  rule('follow', 'is of somebody else who had the name', async ({ following, following_username }, look) => {
    const user = await look.get(userKey(following_username));
    return user === undefined || user.id === following;
  }),
  rule('follow', 'is by somebody else who had the name', async ({ PK, follower }, look) => {
    const user = await look.get(userKey(ownerIn(PK)));
    // Edges that are older than events do not say whose they are.
    return user === undefined || follower === undefined || user.id === follower;
  }),
  rule(
    'follow',
    'is of its own follower',
    ({ PK, following_username }) => ownerIn(PK) !== lower(following_username),
  ),
  rule('block', 'is not known to the one who is blocked', async ({ PK, blocker, blocked_username }, look) => {
    const other = await look.get(blockedByKey(blocked_username, ownerIn(PK)));
    return other?.blocker === blocker;
  }),
  rule(
    'blocked_by',
    'is not known to the one who blocks',
    async ({ PK, blocker, blocker_username }, look) => {
      const other = await look.get(blockKey(blocker_username, ownerIn(PK)));
      return other?.blocker === blocker;
    },
  ),
  rule('block', 'is of nobody, or of somebody else who had the name', async (block, look) => {
    return (await look.get(userKey(block.blocked_username)))?.id === block.blocked;
  }),
  rule('block', 'has a follow across it', async ({ PK, blocked_username }, look) => {
    const [blocker, blocked] = [ownerIn(PK), lower(blocked_username)];
    const edges = [followKey(blocker, blocked), followKey(blocked, blocker)].map((key) => look.get(key));
    return (await Promise.all(edges)).every((edge) => edge === undefined);
  }),
  blockCounts('blocking_count', 'blocked'),
  blockCounts('blocked_by_count', 'blocker'),
  rule('session', 'is not under its id', (session) =>
    isAt(session, sessionKey(ownerIn(session.PK), session.sid)),
  ),
  rule('session', 'is in an epoch that its account has not come to', async ({ PK, epoch }, look) => {
    const account = await look.get(accountKey(ownerIn(PK)));
    return account === undefined || epoch <= (account.epoch ?? 0);
  }),
  rule(
    'snapshot',
    'lacks the length or the digest of a part',
    ({ sizes = [], digests = [] }) => sizes.length === digests.length,
  ),
  rule(
    [
      ...[
        'session',
        'revoked_token',
        'repetition',
        'registration',
        'mail',
        'link',
        'failed_logins',
        'quota',
        'event',
      ],
      ...['snapshot', 'snapshot_claim'],
    ] as ItemKind[],
    'has expired and is still there: is TTL on?',
    ({ expires_at }) => expires_at > toSeconds(Date.now()) - LINGERING,
  ),
];
