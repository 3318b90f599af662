import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { toTimestamp } from '../clock.ts';
import { REPORT_REASONS } from '../fields.ts';
import type { Change } from '../table/changes.ts';
import { parseItem } from '../table/items.ts';
import { type EventfulItem, eventfulItemAt, ownerIn } from '../table/keys.ts';
import type { RawItem } from '../table/send.ts';
import { UserItem } from '../table/userItem.ts';
import { type Detail, EVENTS, type EventType, PROFILE_FIELDS } from './events.ts';

/** Something that happened, ready to be told. */
export interface Event {
  type: EventType;
  detail: Detail;
}

/** What an event says beside its stamps. */
type Told<Type extends EventType> = Omit<Detail<Type>, 'event_id' | 'occurred_at' | 'sequence'>;

type Kind = 'created' | 'changed' | 'deleted';

/** Which change of which item makes an event, and what the event says; `undefined` for a change that makes none. */
interface Row<Type extends EventType = EventType> {
  item: EventfulItem;
  change: Kind;
  tell: (image: RawItem, before: RawItem) => Told<Type> | undefined;
}

const FollowImage = v.object({
  PK: v.string(),
  follower: v.optional(v.number()),
  following: v.number(),
  following_username: v.string(),
});

const BlockImage = v.object({
  PK: v.string(),
  blocker: v.number(),
  blocked: v.number(),
  blocked_username: v.string(),
});

const ReportImage = v.object({
  PK: v.string(),
  report_id: v.string(),
  reporter: v.number(),
  reported: v.number(),
  reported_username: v.string(),
  reason: v.picklist(REPORT_REASONS),
});

/** A row about an item: created and deleted items are told of as they are, or were; changed ones as they are. */
const on =
  <Image extends v.GenericSchema>(item: EventfulItem, schema: Image) =>
  <Type extends EventType>(
    change: Kind,
    tell: (image: v.InferOutput<Image>, before: v.InferOutput<Image>) => Told<Type> | undefined,
  ): Row<Type> => ({
    item,
    change,
    tell: (image, before) => tell(parseItem(schema, item, image), parseItem(schema, item, before)),
  });

const onUser = on('user', UserItem);
const onFollow = on('follow', FollowImage);
const onBlock = on('block', BlockImage);
const onReport = on('report', ReportImage);

type User = v.InferOutput<typeof UserItem>;

const aboutUser = ({ id, username }: User) => ({ user: { id, username } });

const changedFields = (after: User, before: User) =>
  PROFILE_FIELDS.filter((field) => after[field] !== before[field]);

/** About a user who has a mark in the one image and not in the other. */
const begins = (mark: 'suspended_at' | 'deleted_at', marked: User, unmarked: User) =>
  marked[mark] !== undefined && unmarked[mark] === undefined ? aboutUser(marked) : undefined;

const aboutFollow = (edge: v.InferOutput<typeof FollowImage>) => ({
  follower: { ...(edge.follower !== undefined && { id: edge.follower }), username: ownerIn(edge.PK) },
  followed: { id: edge.following, username: edge.following_username.toLowerCase() },
});

/** Every event, and the change of the table that it comes from. One change may make several. */
const ROWS: { [Type in EventType]: Row<Type> } = {
  UserRegistered: onUser('created', aboutUser),
  ProfileUpdated: onUser('changed', (after, before) => {
    const changed = changedFields(after, before);
    return changed.length > 0 ? { ...aboutUser(after), changed } : undefined;
  }),
  EmailChanged: onUser('changed', (after, before) =>
    after.email === before.email ? undefined : aboutUser(after),
  ),
  PasswordChanged: onUser('changed', (after, before) =>
    after.password_changed_at === before.password_changed_at ? undefined : aboutUser(after),
  ),
  UserSuspended: onUser('changed', (after, before) => begins('suspended_at', after, before)),
  UserRestored: onUser('changed', (after, before) => begins('suspended_at', before, after)),
  AccountDeleted: onUser('changed', (after, before) => begins('deleted_at', after, before)),
  UserFollowed: onFollow('created', aboutFollow),
  UserUnfollowed: onFollow('deleted', aboutFollow),
  UserBlocked: onBlock('created', ({ PK, blocker, blocked, blocked_username }) => ({
    blocker: { id: blocker, username: ownerIn(PK) },
    blocked: { id: blocked, username: blocked_username.toLowerCase() },
  })),
  UserReported: onReport('created', ({ PK, report_id, reporter, reported, reported_username, reason }) => ({
    ...{ report_id, reporter: { id: reporter, username: ownerIn(PK) } },
    ...{ reported: { id: reported, username: reported_username.toLowerCase() }, reason },
  })),
};

/**
 * The events that a change makes, none for most. Pure: a change that comes again makes the same events with the same
 * ids. Throws `DamagedItem` for an item that does not have the shape that its key promises.
 */
export function translate(change: Change): Event[] {
  const item = eventfulItemAt(change.key.SK);
  const { before, after } = change;
  const image = after ?? before;
  if (!item || !image) return [];
  const kind = !before ? 'created' : after ? 'changed' : 'deleted';
  return (Object.entries(ROWS) as [EventType, Row][]).flatMap(([type, row]) => {
    if (row.item !== item || row.change !== kind) return [];
    const told = row.tell(image, before ?? image);
    return told ? [{ type, detail: v.parse(EVENTS[type], { ...stamps(type, change), ...told }) }] : [];
  });
}

/** Longest sequence number of a stream. */
const SEQUENCE_DIGITS = 40;

const stamps = (type: EventType, { key, at, sequence }: Change) => ({
  event_id: createHash('sha256')
    .update([type, key.PK, key.SK, sequence].join('\n'))
    .digest('hex')
    .slice(0, 32),
  occurred_at: toTimestamp(at),
  sequence: sequence.padStart(SEQUENCE_DIGITS, '0'),
});
