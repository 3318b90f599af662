import * as v from 'valibot';
import { toTimestamp } from '../clock.ts';
import { SENDS_MAIL } from '../mail/sending.ts';
import type { Counts } from '../table/counters.ts';
import type { User, UserWithCounts } from '../table/users.ts';

/** A time as the API shows it. */
export const Timestamp = v.pipe(v.string(), v.isoTimestamp());

const avatar = v.nullable(v.string());

/** How many there are of something. */
export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** How many there are of something of which an answer has a hundred at the most. */
export const Size = v.pipe(Count, v.maxValue(100), v.metadata({ format: 'int32' }));

/** Ids count from 1. */
export const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What is answered where there is nothing to show. */
export const Message = v.object({ message: v.string() });

const named = { id: Id, username: v.string(), first_name: v.string(), last_name: v.string() };

/** What new users see of their account. */
export const RegisteredUser = v.object({
  ...named,
  email: v.string(),
  bio: v.string(),
  created_at: Timestamp,
});

/** What a login answers of the account. */
export const LoggedInUser = v.object({ ...named, email: v.string() });

/** What everybody may see of a user. */
export const Profile = v.object({
  ...named,
  bio: v.string(),
  avatar,
  created_at: Timestamp,
  posts_count: Count,
  followers_count: Count,
  following_count: Count,
});

/** What the owner sees of a profile. */
export const OwnProfile = v.object({
  ...Profile.entries,
  email: v.string(),
  email_verified: v.boolean(),
  updated_at: Timestamp,
});

/** What the owner sees after a change. */
export const UpdatedUser = v.object({
  ...named,
  email: v.string(),
  bio: v.string(),
  avatar,
  updated_at: Timestamp,
});

/** A user in a list: `is_following` tells whether the caller follows. */
export const ListedUser = v.object({ ...named, avatar, is_following: v.boolean() });

/** All counts of a user. */
export const Statistics = v.object({
  posts_count: Count,
  followers_count: Count,
  following_count: Count,
  likes_received: Count,
  comments_received: Count,
});

/** A user with times as the API shows them, as the owner may see it. The answer's schema picks what others may see. */
export const viewUser = (user: User) => ({
  ...user,
  created_at: toTimestamp(user.created_at),
  updated_at: toTimestamp(user.updated_at),
});

/** A user with counts, for {@link Profile} and {@link OwnProfile}. */
export const viewProfile = ({ counts, ...user }: UserWithCounts) => ({
  ...viewUser(user),
  email_verified: SENDS_MAIL && user.email_verified_at !== undefined,
  ...viewCounts(counts),
});

/** Counts as the API shows them: never below zero, whatever order events came in. */
function viewCounts(counts: Counts): Counts {
  const shown = { ...counts };
  for (const name of Object.keys(shown) as (keyof Counts)[]) shown[name] = Math.max(0, shown[name]);
  return shown;
}
