import * as v from 'valibot';

/** A user as stored, but for the password's hash. What came later than the first users is optional: they lack it. */
export const UserItem = v.object({
  id: v.number(),
  /** As typed at registration; keys compare it in lower case. */
  username: v.string(),
  email: v.string(),
  first_name: v.string(),
  last_name: v.string(),
  bio: v.string(),
  avatar: v.nullable(v.string()),
  /** Milliseconds since 1970. */
  created_at: v.number(),
  /** Milliseconds since 1970. */
  updated_at: v.number(),
  /** Raised to refuse every token that was issued before; the account's first stripe has it too. */
  epoch: v.optional(v.number(), 0),
  /** Milliseconds since 1970. Absent where the address has not been verified; it goes with a change of the address. */
  email_verified_at: v.optional(v.number()),
  /** Milliseconds since 1970, later at each change. A hash may change while the password stays: at a login. */
  password_changed_at: v.optional(v.number()),
  /** Since when the user is out of sight until an operator restores it; milliseconds since 1970. */
  suspended_at: v.optional(v.number()),
  /** Since when the user is out of sight for good, soon to be erased; milliseconds since 1970. */
  deleted_at: v.optional(v.number()),
});

/** Whether a user, or an account, is neither suspended nor deleted. */
export const isActive = ({ suspended_at, deleted_at }: Marks) =>
  suspended_at === undefined && deleted_at === undefined;

type Marks = Partial<Pick<v.InferOutput<typeof UserItem>, 'suspended_at' | 'deleted_at'>>;

export const CredentialItem = v.object({ ...UserItem.entries, password_hash: v.string() });

/** What the index projects of a user; serverless.yml names the same attributes. */
export const ProjectedUser = v.omit(UserItem, [
  'email',
  'epoch',
  'email_verified_at',
  'password_changed_at',
  'suspended_at',
  'deleted_at',
]);
