import { avatar, type OperationText } from './text.ts';

const follow = {
  id: 1,
  follower: 1,
  following: 2,
  follower_username: 'alice',
  following_username: 'bob',
  created_at: '2024-01-15T10:30:00Z',
};
const charlie = { id: 1, username: 'charlie', first_name: 'Charlie', last_name: 'Brown', avatar };

const page = {
  tag: 'Social',
  answer: 'One page of users.',
  response: { count: 10, results: [{ ...charlie, is_following: false }], next: null },
} as const;

const WALK = 'Passing each `next` back as `cursor` yields every entry exactly once.';

/** The follow graph, and what a client assembles a feed from. */
export const social = {
  followUser: {
    tag: 'Social',
    summary: 'Follow a user',
    description:
      'Makes the caller follow the user with that id. The counts on both sides change with it or not at all.',
    answer: 'The follow.',
    request: { following: 2 },
    response: follow,
  },
  unfollowUser: {
    tag: 'Social',
    summary: 'Unfollow a user',
    description:
      'Makes the caller stop following that user; the counts on both sides change with it. Nobody can follow themselves, so unfollowing oneself answers `not_following`.',
    answer: 'A confirmation.',
    response: { message: 'Stopped following bob' },
  },
  listMyFollowing: {
    tag: 'Social',
    summary: 'List my follows',
    description: `The follows of the caller, ordered by the name of the followed user; with \`expand=user\` each has the followed user in it. ${WALK}`,
    answer: 'One page of follows.',
    response: { count: 5, results: [follow], next: null },
  },
  listMyFollowers: {
    ...page,
    summary: 'List my followers',
    description: `The users who follow the caller, newest first. \`me\` is lower case only. ${WALK}`,
  },
  listMyFollowedUsers: {
    ...page,
    summary: 'List the users I follow',
    description: `The users whom the caller follows, ordered by username: a personal feed starts here, by asking the posts service for their posts. \`me\` is lower case only. ${WALK}`,
  },
  listFollowers: {
    ...page,
    summary: 'List a user’s followers',
    description: `The users who follow that user, newest first. ${WALK}`,
  },
  listFollowing: {
    ...page,
    summary: 'List the users whom a user follows',
    description: `The users whom that user follows, ordered by username. ${WALK}`,
  },
} satisfies Record<string, OperationText>;
