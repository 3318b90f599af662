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

const block = { id: 1, blocked: 2, blocked_username: 'bob', created_at: '2024-01-15T10:30:00Z' };

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
      'Makes the caller follow the user with that id. The counts on both sides change with it or not at all. Where one of the two blocks the other, both are answered `cannot_follow`. After too many follows in a day, undone or not, the answer is 429 with `Retry-After`.',
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
  listRelationships: {
    tag: 'Social',
    summary: 'List my relationships',
    description:
      'What is between the caller and each of up to 100 users, in the order in which they are asked for, each once. Names that nobody has are left out.',
    answer: 'The relationships.',
    response: {
      results: [{ username: 'bob', is_following: true, follows_me: false, is_blocked: false }],
    },
  },
  removeFollower: {
    tag: 'Social',
    summary: 'Remove a follower',
    description:
      'Makes that user stop following the caller, without telling them; the counts on both sides change with it. They may follow again: who should not is to be blocked.',
    answer: 'A confirmation.',
    response: { message: 'bob no longer follows you' },
  },
  reportUser: {
    tag: 'Social',
    summary: 'Report a user',
    description:
      'Tells moderators of that user. The user does not learn of it, and nothing else changes. After too many reports in a day the answer is 429 with `Retry-After`.',
    answer: 'The report was taken.',
    request: { reason: 'spam', text: 'Sends the same advertisement to everybody.' },
    response: { message: 'Thank you. Moderators have been told.' },
  },
  blockUser: {
    tag: 'Social',
    summary: 'Block a user',
    description:
      'Makes the caller block the user with that id. Follows between the two end with it, and until it ends neither can follow the other: both are answered `cannot_follow`. For the two, signed in, neither is in the other’s lists, searches, totals, followers or following; to the one who is blocked, the other’s profile is 404, as if the account were gone.',
    answer: 'The block.',
    request: { blocked: 2 },
    response: block,
  },
  listMyBlocks: {
    tag: 'Social',
    summary: 'List my blocks',
    description: `The blocks of the caller, ordered by the name of the blocked user. ${WALK}`,
    answer: 'One page of blocks.',
    response: { count: 1, results: [block], next: null },
  },
  unblockUser: {
    tag: 'Social',
    summary: 'Unblock a user',
    description: 'Ends the caller’s block of that user. Follows that it ended do not come back.',
    answer: 'A confirmation.',
    response: { message: 'No longer blocking bob' },
  },
} satisfies Record<string, OperationText>;
