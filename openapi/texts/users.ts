import type { OperationText } from './text.ts';

const avatar = 'https://example.com/avatar.jpg';

const profile = {
  id: 1,
  username: 'alice',
  first_name: 'Alice',
  last_name: 'Smith',
  bio: 'Software developer passionate about APIs',
  avatar,
  created_at: '2024-01-15T10:30:00Z',
  posts_count: 15,
  followers_count: 42,
  following_count: 28,
};

/** The directory and profiles. */
export const users = {
  listUsers: {
    tag: 'Users',
    summary: 'List and search users',
    description:
      'One batch of the users that match all conditions. Totals are exact, and a registration or profile change is visible in the next request. An empty parameter counts as absent.',
    answer: 'The batch; empty when nothing matches or past the end.',
    response: {
      message: 'Users retrieved successfully',
      users: [
        { id: 1, username: 'alice', first_name: 'Alice', last_name: 'Smith', avatar, is_following: false },
      ],
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
    description: 'The caller’s own profile: what everybody sees, and what only the owner does.',
    answer: 'The profile with `email` and `updated_at`.',
    response: { ...profile, email: 'alice@example.com', updated_at: '2024-01-15T11:30:00Z' },
  },
  updateMe: {
    tag: 'Users',
    summary: 'Update my profile',
    description:
      'Changes the named fields and no others; `{}` changes nothing and succeeds. Two racing updates never lose one another’s different fields. A new email address frees the old one.',
    answer: 'The account after the change.',
    request: {
      first_name: 'Alice',
      last_name: 'Johnson',
      bio: 'Updated bio',
      avatar: 'https://example.com/new-avatar.jpg',
      email: 'alice.johnson@example.com',
    },
    response: {
      id: 1,
      username: 'alice',
      email: 'alice.johnson@example.com',
      first_name: 'Alice',
      last_name: 'Johnson',
      bio: 'Updated bio',
      avatar: 'https://example.com/new-avatar.jpg',
      updated_at: '2024-01-15T11:30:00Z',
    },
  },
} satisfies Record<string, OperationText>;
