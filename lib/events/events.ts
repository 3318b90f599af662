import * as v from 'valibot';
import { REPORT_REASONS } from '../fields.ts';

/** The `source` of every event of this service. */
export const SOURCE = 'careers.users';

const id = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.description('The id of the account; never given twice.'),
);

const user = v.pipe(
  v.object({
    id,
    username: v.pipe(v.string(), v.description('As typed at registration. It never changes.')),
  }),
  v.description('Whom the event is about.'),
);

const lowerCase = v.pipe(v.string(), v.description('In lower case, in which usernames are unique.'));

const follower = v.pipe(
  v.object({
    id: v.optional(v.pipe(id, v.description('Absent for follows that are older than these events.'))),
    username: lowerCase,
  }),
  v.description('Who follows, or did.'),
);

const followed = v.pipe(v.object({ id, username: lowerCase }), v.description('Who is followed, or was.'));

const blocker = v.pipe(v.object({ id, username: lowerCase }), v.description('Who blocks.'));

const blocked = v.pipe(v.object({ id, username: lowerCase }), v.description('Who is blocked.'));

const reporter = v.pipe(v.object({ id, username: lowerCase }), v.description('Who reports.'));

const reported = v.pipe(v.object({ id, username: lowerCase }), v.description('Who is reported.'));

const report_id = v.pipe(
  v.string(),
  v.description('Names the report, under which moderators find what the reporter wrote.'),
);

const reason = v.pipe(v.picklist(REPORT_REASONS), v.description('What the reporter chose.'));

/** What every event has. */
const stamps = {
  event_id: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{32}$/),
    v.description('The same however often the event is delivered: drop what has come before.'),
  ),
  occurred_at: v.pipe(v.string(), v.isoTimestamp(), v.description('When it happened: UTC, whole seconds.')),
  sequence: v.pipe(
    v.string(),
    v.regex(/^\d{40}$/),
    v.description(
      'Of two events about one user, or by one follower, blocker or reporter, the one with the greater text happened later.',
    ),
  ),
};

/** The fields of a profile whose change others are told of. */
export const PROFILE_FIELDS = ['first_name', 'last_name', 'bio', 'avatar'] as const;

const changed = v.pipe(
  v.array(v.picklist(PROFILE_FIELDS)),
  v.minLength(1),
  v.description('The names of the fields that have another value now.'),
);

/**
 * Every event, by its `detail-type`, with the schema of its `detail`. What is not named here cannot get out; nothing
 * here may be an address, a password, a token or free text.
 */
export const EVENTS = {
  UserRegistered: v.pipe(v.object({ ...stamps, user }), v.description('Somebody has registered.')),
  ProfileUpdated: v.pipe(
    v.object({ ...stamps, user, changed }),
    v.description(
      'A profile has changed, other than by its email address. The new values are in the profile.',
    ),
  ),
  EmailChanged: v.pipe(v.object({ ...stamps, user }), v.description('An account has another email address.')),
  PasswordChanged: v.pipe(v.object({ ...stamps, user }), v.description('An account has another password.')),
  UserFollowed: v.pipe(
    v.object({ ...stamps, follower, followed }),
    v.description('One user follows another.'),
  ),
  UserUnfollowed: v.pipe(
    v.object({ ...stamps, follower, followed }),
    v.description('One user no longer follows another.'),
  ),
  UserSuspended: v.pipe(
    v.object({ ...stamps, user }),
    v.description('An operator has put a user out of sight, until it is restored.'),
  ),
  UserRestored: v.pipe(
    v.object({ ...stamps, user }),
    v.description('A user who was suspended is as before.'),
  ),
  AccountDeleted: v.pipe(
    v.object({ ...stamps, user }),
    v.description(
      'An account is deleted. What belongs to it is erased; its id is never given again, its name may be.',
    ),
  ),
  UserBlocked: v.pipe(v.object({ ...stamps, blocker, blocked }), v.description('One user blocks another.')),
  UserReported: v.pipe(
    v.object({ ...stamps, report_id, reporter, reported, reason }),
    v.description('One user reports another to moderators.'),
  ),
} satisfies Record<string, v.GenericSchema<{ event_id: string; occurred_at: string; sequence: string }>>;

/** The `detail-type` of an event. */
export type EventType = keyof typeof EVENTS;

/** The `detail` of an event. */
export type Detail<Type extends EventType = EventType> = v.InferOutput<(typeof EVENTS)[Type]>;
