import { alice, avatar, bio, type OperationText } from './text.ts';

const profile = {
  ...alice,
  bio,
  avatar,
  created_at: '2024-01-15T10:30:00Z',
  posts_count: 15,
  followers_count: 42,
  following_count: 28,
};
const email = 'alice.johnson@example.com';
const changes = {
  first_name: 'Alice',
  last_name: 'Johnson',
  bio: 'Updated bio',
  avatar: 'https://example.com/new-avatar.jpg',
};
const updated_at = '2024-01-15T11:30:00Z';

/** The directory and profiles. */
export const users = {
  listUsers: {
    tag: 'Users',
    summary: 'List and search users',
    description:
      'One batch of the users who match all conditions. Totals are exact, and a registration or a profile change shows in the very next request.',
    answer: 'The batch; empty when nothing matches or past the end.',
    response: {
      message: 'Users retrieved successfully',
      users: [{ ...alice, avatar, is_following: false }],
      batch_info: {
        current_batch: 0,
        batch_size: 10,
        total_users: 25,
        total_batches: 3,
        users_in_current_batch: 10,
      },
    },
  },
  getUser: {
    tag: 'Users',
    summary: 'Get a profile',
    description:
      'What everybody may see of a user. A path segment that the API uses itself, such as `login`, is nobody’s name: 404.',
    answer: 'The profile.',
    response: profile,
  },
  getMe: {
    tag: 'Users',
    summary: 'Get my profile',
    description: 'The caller’s own profile: what everybody may see, and what only the owner does.',
    answer: 'The profile with `email`, `email_verified` and `updated_at`.',
    response: { ...profile, email: 'alice@example.com', email_verified: true, updated_at },
  },
  updateMe: {
    tag: 'Users',
    summary: 'Update my profile',
    description:
      'Changes the named fields and no others; `{}` changes nothing and succeeds. Changes of different fields at the same time all take effect. A new email address frees the old one; where the deployment sends mail, both are told, the new one with a link that verifies it.',
    answer: 'The account after the change.',
    request: { ...changes, email },
    response: { id: alice.id, username: alice.username, email, ...changes, updated_at },
  },
  deleteMe: {
    tag: 'Users',
    summary: 'Delete my account',
    description:
      'Deletes the caller’s account for good. At once, every token of it is refused, a login answers `no_active_account`, and nobody finds it in profiles, lists or searches any more, nor can follow it. What is stored is erased within minutes, follows in both directions with their counts; then the name and the address are free again. The id is never given again. A wrong password is 400 with `errors.password`, and counts as a failed login.',
    answer: 'A confirmation.',
    request: { password: 'password123' },
    response: { message: 'Your account is deleted' },
  },
  exportMe: {
    tag: 'Users',
    summary: 'Export what is stored about me',
    description:
      'Everything that is stored about the caller, at most 100 list entries a page; the first page has the profile and the sessions. Of others it has names only. Passing each `next` back as `cursor` yields every entry exactly once.',
    answer: 'One page of the export.',
    response: {
      exported_at: updated_at,
      profile: {
        ...profile,
        email: 'alice@example.com',
        email_verified: true,
        updated_at,
        likes_received: 156,
        comments_received: 89,
      },
      sessions: [
        {
          id: 'q3Zk1x8vB0aT',
          device: 'Alice’s phone',
          created_at: '2024-01-15T10:30:00Z',
          last_used_at: '2024-01-16T08:00:00Z',
          expires_at: '2024-01-23T08:00:00Z',
        },
      ],
      follows: [{ id: 1, username: 'bob', created_at: '2024-01-15T10:30:00Z' }],
      followers: [{ username: 'charlie' }],
      blocks: [{ id: 1, username: 'mallory', created_at: '2024-01-15T10:30:00Z' }],
      reports: [
        {
          id: '0b8f0a6e-7d7c-4c55-8a53-0d6b3f7a9f10',
          username: 'mallory',
          reason: 'spam',
          text: 'Sends me the same link every day.',
          created_at: '2024-01-15T10:31:00Z',
          expires_at: '2024-04-14T10:31:00Z',
        },
      ],
      next: null,
    },
  },
} satisfies Record<string, OperationText>;
