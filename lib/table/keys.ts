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
  failed_logins: 'FAILED_LOGIN#*',
  quotas: 'QUOTA#*',
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

/** A profile and all its counters: sort keys that begin with this. */
export const profileAndCounters = '#';

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

/** How the end of a page is spelled: the last name of a list of followed, the last sort key of one of followers. */
export const PAGE_END = {
  following: /^[a-z0-9._@+-]{1,150}$/,
  followers: /^\d{1,16}#[a-z0-9._@+-]{1,150}$/,
};

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

/**
 * The kinds of items whose changes make events, by the sort keys that they have, which no other kind of item has;
 * spelled as AWS spells patterns, for a stream's filter takes them too.
 */
export const eventfulItems = {
  user: '#PROFILE',
  follow: { prefix: 'FOLLOWS#' },
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

/** Whose item it is that has this partition key: the name in lower case. */
export const ownerIn = (PK: string) => PK.slice('USER#'.length);

export const userIdKey = (id: number) => ({ PK: `USER_ID#${id}`, SK: 'USER_ID' });

/** One mailbox, one claim: whatever the case, and however an internationalised domain is spelled (RFC 5891). */
export function emailKey(email: string) {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at);
  return { PK: `EMAIL#${lower(email.slice(0, at) + (domainToASCII(domain) || domain))}`, SK: 'EMAIL' };
}

export const sequenceKey = (sequence: 'user' | 'follow') => ({ PK: `SEQUENCE#${sequence}`, SK: 'SEQUENCE' });

export const eventKey = (event_id: string) => ({ PK: `EVENT#${event_id}`, SK: 'EVENT' });

/** FNV-1a, 32 bit: spreads names evenly and is the same on every instance. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
