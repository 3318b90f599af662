import type { OperationText } from './text.ts';

const follow = {
  id: 1,
  follower: 1,
  following: 2,
  follower_username: 'alice',
  following_username: 'bob',
  created_at: '2024-01-15T10:30:00Z',
};

const userPage = {
  count: 10,
  results: [
    {
      id: 1,
      username: 'charlie',
      first_name: 'Charlie',
      last_name: 'Brown',
      avatar: 'https://example.com/avatar.jpg',
      is_following: false,
    },
  ],
  next: null,
};

const WALK = 'Handing each `next` back as `cursor` yields every entry exactly once.';

/** The follow graph, and what a client assembles a feed from. */
export const social = {
  followUser: {
    tag: 'Social',
    summary: 'Follow a user',
    description:
      'Makes the caller follow the user of that id. The counts on both sides move with the follow or not at all.',
    answer: 'The follow.',
    request: { following: 2 },
    response: follow,
  },
  unfollowUser: {
    tag: 'Social',
    summary: 'Unfollow a user',
    description:
      'Makes the caller follow that user no longer; the counts on both sides move with it. Asked for oneself, the answer is `not_following`.',
    answer: 'The follow is gone.',
    response: { message: 'Stopped following bob' },
  },
  listMyFollowing: {
    tag: 'Social',
    summary: 'List my follows',
    description: `Whom the caller follows, as follows, by username. ${WALK}`,
    answer: 'One page of follows.',
    response: { count: 5, results: [follow], next: null },
  },
  listFollowers: {
    tag: 'Social',
    summary: 'List a user’s followers',
    description: `Who follows that user, newest first. ${WALK}`,
    answer: 'One page of users.',
    response: userPage,
  },
  listFollowing: {
    tag: 'Social',
    summary: 'List whom a user follows',
    description: `Whom that user follows, by username. ${WALK}`,
    answer: 'One page of users.',
    response: userPage,
  },
  listMyFollowers: {
    tag: 'Social',
    summary: 'List my followers',
    description: `The caller’s followers, newest first. \`me\` is lower case only. ${WALK}`,
    answer: 'One page of users.',
    response: userPage,
  },
  listMyFollowedUsers: {
    tag: 'Social',
    summary: 'List the users I follow',
    description: `The users whom the caller follows, by username: the start of a personal feed. A client asks the posts service for these usernames. \`me\` is lower case only. ${WALK}`,
    answer: 'One page of users.',
    response: userPage,
  },
} satisfies Record<string, OperationText>;
