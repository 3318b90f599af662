import { domainToASCII } from 'node:url';

/**
 * Every key of the table, side by side. No other file spells one out.
 *
 * `#` sorts before letters, so a user's profile and counters stand together, apart from edges and revoked tokens.
 * Names and addresses are compared in lower case: pass them in any case.
 */

const lower = (text: string) => text.toLowerCase();

/**
 * The partitions of the table and of its index, as conditions of IAM spell patterns: what the roles of functions name
 * when they say whose items a function may touch.
 */
export const PARTITIONS = {
  users: 'USER#*',
  user_ids: 'USER_ID#*',
  emails: 'EMAIL#*',
  user_sequence: 'SEQUENCE#user',
  follow_sequence: 'SEQUENCE#follow',
  block_sequence: 'SEQUENCE#block',
  failed_logins: 'FAILED_LOGIN#*',
  quotas: 'QUOTA#*',
  /** Of addresses whose password is forgotten; others are among the items of their users. */
  mails: 'MAIL#*',
  /** Of registrations; others are among the items of their users. */
  repetitions: 'REPETITION#*',
  events: 'EVENT#*',
  snapshot: 'SNAPSHOT',
  /** In the index. */
  directory: 'DIRECTORY#*',
  /** In the index. */
  followers: 'FOLLOWERS#*',
} as const;

const DIRECTORY_SHARDS = 4;
const STRIPES = 16;

/** All items that belong to a user. */
export const itemsOf = (username: string) => ({ PK: `USER#${lower(username)}` });

export const userKey = (username: string) => ({ PK: `USER#${lower(username)}`, SK: '#PROFILE' });

export const userIndexKey = (id: number, updated_at: number) => ({
  GSI1PK: `DIRECTORY#${id % DIRECTORY_SHARDS}`,
  GSI1SK: `${updated_at}#${id}`,
});

/** The partitions of the directory: all users, by the time of their last change. */
export const directoryPartitions = Array.from({ length: DIRECTORY_SHARDS }, (_, n) => `DIRECTORY#${n}`);

/** Sorts before every change made at or after `time` (ms), in a directory partition. */
export const changesSince = (time: number) => `${Math.max(0, time)}`;

/** The time (ms) of the change, and whose it is, that a sort key of a directory partition names. */
export function changeIn(index_sort_key: string): { time: number; id: number } {
  const [time, id] = index_sort_key.split('#').map(Number);
  return { time: time ?? 0, id: id ?? 0 };
}

const SNAPSHOT = 'SNAPSHOT';

/** The snapshot of the directory that is in force. */
export const snapshotKey = { PK: SNAPSHOT, SK: 'MANIFEST' };

/** Who writes the next snapshot. */
export const snapshotClaimKey = { PK: SNAPSHOT, SK: 'CLAIM' };

const PROFILE_AND_COUNTERS = '#';

/** A user's profile and all its counters. */
export const profileAndCountersOf = (username: string) => ({
  ...itemsOf(username),
  prefix: PROFILE_AND_COUNTERS,
});

/** Whether an item of a user is its profile or one of its counters. */
export const isProfileOrCounter = ({ SK }: { SK: string }) => SK.startsWith(PROFILE_AND_COUNTERS);

/** All counters of a user: sort keys that begin with this. */
export const countersOf = (username: string) => ({ PK: `USER#${lower(username)}`, prefix: '#COUNT#' });

/** Stripe 0 comes with the user, carries the user's id and counts whom the user follows. */
export const accountKey = (username: string) => stripeKey(username, 0);

/** Where a follower is counted, among the counts of the one who is followed. */
export const followerStripeKey = (follower: string, followed: string) =>
  stripeKey(followed, hash(lower(follower)) % STRIPES);

/** Where an event of the posts service is counted. */
export const activityStripeKey = (username: string, event_id: string) =>
  stripeKey(username, hash(event_id) % STRIPES);

const stripeKey = (username: string, stripe: number) => ({
  PK: `USER#${lower(username)}`,
  SK: `#COUNT#${String(stripe).padStart(2, '0')}`,
});

export const followKey = (follower: string, followed: string) => ({
  PK: `USER#${lower(follower)}`,
  SK: `FOLLOWS#${lower(followed)}`,
});

export const followIndexKey = (follower: string, followed: string, created_at: number) => ({
  GSI1PK: `FOLLOWERS#${lower(followed)}`,
  GSI1SK: `${created_at}#${lower(follower)}`,
});

/** When the edge was made (ms), which its index sort key begins with. */
export const followTimeIn = (index_sort_key: string) => Number.parseInt(index_sort_key, 10);

/** Whether an item of a user is an edge to somebody. */
export const isFollow = ({ SK }: { SK: string }) => SK.startsWith('FOLLOWS#');

/** All edges of one follower, by the name of the followed. */
export const followsOf = (follower: string) => ({ PK: `USER#${lower(follower)}`, prefix: 'FOLLOWS#' });

/** The index partition that lists the followers of a user, oldest first. */
export const followersPartition = (followed: string) => `FOLLOWERS#${lower(followed)}`;

/** The follower that a sort key of {@link followersPartition} names, in lower case. */
export const followerIn = (index_sort_key: string) => index_sort_key.slice(index_sort_key.indexOf('#') + 1);

/** The whole key of an entry in {@link followersPartition}, where a query may go on. */
export const followersPosition = (followed: string, index_sort_key: string) => ({
  ...followKey(followerIn(index_sort_key), followed),
  GSI1PK: followersPartition(followed),
  GSI1SK: index_sort_key,
});

/** How the end of a page is spelled: the last name of a list by names, the last sort key of one of followers. */
export const PAGE_END = {
  following: /^[a-z0-9._@+-]{1,150}$/,
  blocked: /^[a-z0-9._@+-]{1,150}$/,
  followers: /^\d{1,16}#[a-z0-9._@+-]{1,150}$/,
  reports: /^[0-9a-f-]{36}$/,
};

/** A block as the one who blocks has it. */
export const blockKey = (blocker: string, blocked: string) => ({
  PK: `USER#${lower(blocker)}`,
  SK: `BLOCKS#${lower(blocked)}`,
});

/** The same block as the one who is blocked has it. */
export const blockedByKey = (blocked: string, blocker: string) => ({
  PK: `USER#${lower(blocked)}`,
  SK: `BLOCKED_BY#${lower(blocker)}`,
});

/** Who blocks whom, by an item of either side; `undefined` for an item of another kind. */
export function blockIn({ PK, SK }: { PK: string; SK: string }) {
  const [, other = ''] = SK.split('#');
  if (SK.startsWith('BLOCKS#')) return { side: 'blocker', blocker: ownerIn(PK), blocked: other } as const;
  if (SK.startsWith('BLOCKED_BY#')) return { side: 'blocked', blocker: other, blocked: ownerIn(PK) } as const;
  return undefined;
}

/** Whom a user blocks, by name. */
export const blocksOf = (username: string) => ({ PK: `USER#${lower(username)}`, prefix: 'BLOCKS#' });

/** What a user has told moderators. */
export const reportsOf = (username: string) => ({ PK: `USER#${lower(username)}`, prefix: 'REPORT#' });

/** All blocks that a user takes part in, on either side. */
export const blocksAround = (username: string) => ({ PK: `USER#${lower(username)}`, prefix: 'BLOCK' });

export const reportKey = (reporter: string, report_id: string) => ({
  PK: `USER#${lower(reporter)}`,
  SK: `REPORT#${report_id}`,
});

/** All sessions of a user. */
export const sessionsOf = (username: string) => ({ PK: `USER#${lower(username)}`, prefix: 'SESSION#' });

export const sessionKey = (username: string, sid: string) => ({
  PK: `USER#${lower(username)}`,
  SK: `SESSION#${sid}`,
});

export const revokedTokenKey = (username: string, jti: string) => ({
  PK: `USER#${lower(username)}`,
  SK: `REVOKED#${jti}`,
});

/** Where failed logins are counted that have this pseudonym in common. */
export const failedLoginKey = (name: string) => ({ PK: `FAILED_LOGIN#${name}`, SK: 'WINDOW' });

/** What has been taken of a quota, under a pseudonym. */
export const quotaKey = (kind: string, name: string) => ({ PK: `QUOTA#${kind}#${name}`, SK: 'QUOTA' });

/** A request that took effect, under a pseudonym of its key: among its user's items, where there is one. */
export const repetitionKey = ({ username, key }: { username: string | undefined; key: string }) =>
  username === undefined
    ? { PK: `REPETITION#${key}`, SK: 'REPETITION' }
    : { PK: `USER#${lower(username)}`, SK: `REPETITION#${key}` };

const MAIL = 'MAIL#';

/** A mail that is to go to a user. */
export const mailKey = (username: string, id: string) => ({
  PK: `USER#${lower(username)}`,
  SK: `${MAIL}${id}`,
});

/** The mail to whoever has an address, under a pseudonym of it. */
export const forgottenKey = (name: string, id: string) => ({ PK: `MAIL#${name}`, SK: `${MAIL}${id}` });

/** The sort keys that mails to be sent have, and no other kind of item; spelled as a stream's filter takes them. */
export const mailItems = { prefix: MAIL };

/** What a mailed link is good for, under a hash of its token. */
export const linkKey = (username: string, purpose: string, hash: string) => ({
  PK: `USER#${lower(username)}`,
  SK: `LINK#${purpose}#${hash}`,
});

/**
 * The kinds of items whose changes make events, by the sort keys that they have, which no other kind of item has;
 * spelled as AWS spells patterns, for a stream's filter takes them too.
 */
export const eventfulItems = {
  user: '#PROFILE',
  follow: { prefix: 'FOLLOWS#' },
  block: { prefix: 'BLOCKS#' },
  report: { prefix: 'REPORT#' },
} as const satisfies Record<string, string | { prefix: string }>;

/** A kind of item whose changes make events. */
export type EventfulItem = keyof typeof eventfulItems;

/** What kind of item has that sort key; `undefined` for all that make no events. */
export function eventfulItemAt(SK: string): EventfulItem | undefined {
  const kinds = Object.keys(eventfulItems) as EventfulItem[];
  return kinds.find((kind) => {
    const pattern: string | { prefix: string } = eventfulItems[kind];
    return typeof pattern === 'string' ? SK === pattern : SK.startsWith(pattern.prefix);
  });
}

/** Every kind of item, by the keys that it has. */
const ITEM_KEYS = {
  user: [/^USER#/, /^#PROFILE$/],
  stripe: [/^USER#/, /^#COUNT#(?:0\d|1[0-5])$/],
  follow: [/^USER#/, /^FOLLOWS#/],
  session: [/^USER#/, /^SESSION#/],
  revoked_token: [/^USER#/, /^REVOKED#/],
  repetition: [/^USER#/, /^REPETITION#/],
  mail: [/^(?:USER|MAIL)#/, /^MAIL#/],
  link: [/^USER#/, /^LINK#/],
  block: [/^USER#/, /^BLOCKS#/],
  blocked_by: [/^USER#/, /^BLOCKED_BY#/],
  report: [/^USER#/, /^REPORT#/],
  registration: [/^REPETITION#/, /^REPETITION$/],
  id_claim: [/^USER_ID#[1-9]\d*$/, /^USER_ID$/],
  email_claim: [/^EMAIL#/, /^EMAIL$/],
  sequence: [/^SEQUENCE#(?:user|follow|block)$/, /^SEQUENCE$/],
  failed_logins: [/^FAILED_LOGIN#/, /^WINDOW$/],
  quota: [/^QUOTA#/, /^QUOTA$/],
  event: [/^EVENT#/, /^EVENT$/],
  snapshot: [/^SNAPSHOT$/, /^MANIFEST$/],
  snapshot_claim: [/^SNAPSHOT$/, /^CLAIM$/],
} as const;

export type ItemKind = keyof typeof ITEM_KEYS;

/** What kind of item has that key; `undefined` where none of ours has. */
export function itemKindAt({ PK, SK }: { PK: string; SK: string }): ItemKind | undefined {
  const kinds = Object.entries(ITEM_KEYS) as [ItemKind, readonly [RegExp, RegExp]][];
  return kinds.find(([, [partition, sort]]) => partition.test(PK) && sort.test(SK))?.[0];
}

/** Whose item it is that has this partition key: the name in lower case. */
export const ownerIn = (PK: string) => PK.slice('USER#'.length);

export const userIdKey = (id: number) => ({ PK: `USER_ID#${id}`, SK: 'USER_ID' });

/** One mailbox, one spelling: whatever the case, and however an internationalised domain is spelled (RFC 5891). */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  return lower(email.slice(0, at) + (domainToASCII(domain) || domain));
}

/** One mailbox, one claim. */
export const emailKey = (email: string) => ({ PK: `EMAIL#${mailboxOf(email)}`, SK: 'EMAIL' });

/** What ids are given out of. */
export type Sequence = 'user' | 'follow' | 'block';

export const sequenceKey = (sequence: Sequence) => ({ PK: `SEQUENCE#${sequence}`, SK: 'SEQUENCE' });

export const eventKey = (event_id: string) => ({ PK: `EVENT#${event_id}`, SK: 'EVENT' });

/** FNV-1a, 32 bit: spreads names evenly and is the same on every instance. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
