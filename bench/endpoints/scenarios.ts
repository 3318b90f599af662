import type { OperationId } from '../../lib/http/routes.ts';
import { person } from '../../local/seed/people.ts';
import type { Invocable } from '../harness/instances.ts';
import { anonymous } from '../harness/requests.ts';
import { mean } from '../harness/statistics.ts';
import { PASSWORD, type People } from './people.ts';

/** Round trips (sequential waits on DynamoDB) and units as AWS bills them. */
export interface Cost {
  trips: number;
  read_units: number;
  write_units: number;
}

/** What the work itself takes, at DynamoDB's prices. */
interface Floor extends Cost {
  because: string;
}

/** The function that answers, and the most that it may cost in a warm instance; where requests share a cost, the mean. */
interface Budget extends Cost {
  name: OperationId | 'recordActivity';
}

/** One kind of request as it is measured. Lists are of 10 rows unless said, for a caller who follows ten unless said. */
export interface Scenario {
  title: string;
  budget: Budget;
  floor: Floor;
  /** Runs bcrypt, so it is measured less often. */
  slow: boolean;
  /** Uses people up, so it is measured less often. */
  scarce: boolean;
  /** Where mail is sent: else the function is told that none is. */
  with_mail: boolean;
  /** Can be asked any number of times. */
  repeatable: boolean;
  /** The request number `n`; no two numbers get in each other's way. */
  request: (n: number) => Invocable;
}

/** What a function finds in its environment where mail is sent. */
export const MAIL = { MAIL_FROM: 'no-reply@example.com', APP_URL: 'https://app.example.com' };

/** Beyond the numbers of the people who are there. */
const NEWCOMERS = 1e9;

const budget = (name: Budget['name'], trips: number, read_units: number, write_units: number): Budget => ({
  ...{ name, trips, read_units, write_units },
});

const floor = (trips: number, read_units: number, write_units: number, because: string): Floor => ({
  ...{ trips, read_units, write_units, because },
});

/** The mean of what several requests cost. */
export const meanCost = (costs: readonly Cost[]): Cost => ({
  trips: mean(costs.map(({ trips }) => trips)),
  read_units: mean(costs.map(({ read_units }) => read_units)),
  write_units: mean(costs.map(({ write_units }) => write_units)),
});

/** What is measured, in an order in which each finds what it needs. */
export function scenarios(people: People): Scenario[] {
  const { caller, collector, going, leaving, popular, strangers, twice } = people;
  const { fans, hidden, careful, unrelated, sociable, mutuals } = people;
  const stranger = (n: number) => strangers[n % strangers.length] ?? popular;
  const signedInTwice = (n: number) => twice[n % twice.length] ?? { ...popular, other: popular.sid };
  const scenario = (
    title: string,
    budget: Budget,
    floor: Floor,
    request: Scenario['request'],
    kind: { slow?: boolean; scarce?: boolean; repeatable?: boolean; with_mail?: boolean } = {},
  ): Scenario => ({
    ...{ title, budget, floor, request, slow: false, scarce: false, repeatable: false, with_mail: false },
    ...kind,
  });
  const register = (n: number) => {
    const { avatar: _, ...newcomer } = person(n);
    const passwords = { password: PASSWORD, password_confirm: PASSWORD };
    return anonymous('POST', '/register/', { ...newcomer, ...passwords });
  };
  const new_password = 'another password of the bench';
  const newPassword = { new_password, new_password_confirm: new_password };
  const reading = (...[title, budget, floor, request]: Parameters<typeof scenario>) =>
    scenario(title, budget, floor, request, { repeatable: true });

  return [
    scenario(
      'register',
      budget('register', 2, 0, 12),
      floor(2, 0, 12, 'an id; five items and an index entry, in a transaction'),
      (n) => register(NEWCOMERS + n),
      { slow: true },
    ),
    scenario(
      'login',
      budget('login', 2, 4, 1),
      floor(
        2,
        3,
        1,
        'the user, consistently, and three counts of failures; the session, and a query of others',
      ),
      (n) => anonymous('POST', '/login/', { username: stranger(n).username, password: PASSWORD }),
      { slow: true, repeatable: true },
    ),
    reading(
      'refresh',
      budget('refreshToken', 1, 2, 0),
      floor(1, 2, 0, 'account and session, consistently'),
      () => anonymous('POST', '/token/refresh/', { refresh: caller.refresh }),
    ),
    reading(
      'refresh, rotating',
      budget('refreshToken', 2, 2, 1),
      floor(2, 2, 1, 'the same; the session'),
      () => anonymous('POST', '/token/refresh/', { refresh: caller.refresh, rotate: true }),
    ),
    reading(
      'me/sessions',
      budget('listMySessions', 1, 2, 0),
      floor(1, 1.5, 0, 'the account; the sessions, consistently'),
      () => caller.request('GET', '/me/sessions/'),
    ),
    scenario(
      'end a session',
      budget('endMySession', 1, 1, 2),
      floor(1, 0.5, 1, 'the account; the session'),
      (n) => signedInTwice(n).request('DELETE', `/me/sessions/${signedInTwice(n).other}/`),
    ),
    scenario(
      'end all other sessions',
      budget('endMyOtherSessions', 1, 1, 6),
      floor(1, 0, 6, 'user, account and session in a transaction'),
      (n) => signedInTwice(n).request('DELETE', '/me/sessions/'),
    ),
    reading(
      'list, anonymous',
      budget('listUsers', 1, 2, 0),
      floor(1, 2, 0, 'four shards asked for changes'),
      () => anonymous('GET', '/'),
    ),
    reading(
      'list, signed in',
      budget('listUsers', 2, 7, 0),
      floor(2, 3, 0, 'the same, the account, and one query of edges'),
      () => caller.request('GET', '/'),
    ),
    reading(
      'list, following 100',
      // Half a unit more than was wanted: docs/decisions/0003-what-it-costs-to-know-that-an-account-exists.md.
      budget('listUsers', 2, 7.5, 0),
      floor(2, 7.5, 0, 'the same, with ten edges read one by one'),
      () => collector.request('GET', '/'),
    ),
    reading(
      'profile, anonymous',
      budget('getUser', 1, 0.5, 0),
      floor(1, 0.5, 0, 'one query, up to 4 KB'),
      () => anonymous('GET', `/${stranger(1).username}/`),
    ),
    reading(
      'profile, signed in',
      budget('getUser', 1, 1, 0),
      floor(1, 1, 0, 'the same, and the account'),
      () => caller.request('GET', `/${stranger(1).username}/`),
    ),
    reading('me', budget('getMe', 1, 1, 0), floor(1, 1, 0, 'one query, consistently'), () =>
      caller.request('GET', '/me/'),
    ),
    scenario(
      'me/update, nothing',
      budget('updateMe', 1, 1, 0),
      floor(1, 1, 0, 'the user, consistently'),
      () => caller.request('PATCH', '/me/update/', {}),
    ),
    scenario(
      'me/update, without email',
      budget('updateMe', 1, 0, 3),
      floor(1, 0, 3, 'the item; in the index one entry out, one in'),
      (n) => caller.request('PATCH', '/me/update/', { bio: `Biography number ${n}` }),
    ),
    scenario(
      'me/update, with email',
      budget('updateMe', 2, 1, 8),
      floor(2, 1, 8, 'three items in a transaction, and the index'),
      (n) => caller.request('PATCH', '/me/update/', { email: `bench.${n}@example.com` }),
    ),
    scenario(
      'me/update, with email and mail',
      budget('updateMe', 2, 1, 10),
      floor(2, 1, 10, 'the same, and the mail that is asked for'),
      (n) => caller.request('PATCH', '/me/update/', { email: `bench.mail.${n}@example.com` }),
      { with_mail: true },
    ),
    reading(
      'me/export',
      budget('exportMe', 4, 6, 0),
      floor(4, 4, 0, 'profile and counts, sessions, consistently; four lists, one after the other'),
      () => caller.request('GET', '/me/export/'),
    ),
    reading(
      'following, a dozen edges',
      budget('listMyFollowing', 1, 1, 0),
      floor(1, 1, 0, 'the account; the edges'),
      () => caller.request('GET', '/following/'),
    ),
    scenario(
      'follow',
      budget('followUser', 2, 1, 7.1),
      floor(2, 1, 7.05, 'three items in a transaction, the index; a 20th of a lease'),
      (n) => caller.request('POST', '/follow/', { following: strangers[n]?.id }),
    ),
    reading(
      'following, 100 edges',
      budget('listMyFollowing', 1, 3, 0),
      floor(1, 2.5, 0, 'the account; 100 edges with short names'),
      () => collector.request('GET', '/following/'),
    ),
    reading(
      'following, ten expanded',
      budget('listMyFollowing', 2, 6.5, 0),
      floor(2, 6, 0, 'the account and the edges; ten users'),
      () => collector.request('GET', '/following/?batch_size=10&expand=user'),
    ),
    reading(
      'followers of a user',
      budget('listFollowers', 2, 13, 0),
      floor(2, 7, 0, 'profile, index, account; ten users and a query of edges'),
      () => collector.request('GET', `/${popular.username}/followers/?batch_size=10`),
    ),
    reading(
      'following of a user',
      budget('listFollowing', 2, 13, 0),
      floor(2, 7, 0, 'edges, two accounts; ten users and a query of edges'),
      () => collector.request('GET', `/${popular.username}/following/?batch_size=10`),
    ),
    reading(
      'me/followers',
      budget('listMyFollowers', 2, 13, 0),
      floor(2, 7, 0, 'the same, of the caller'),
      () => popular.request('GET', '/me/followers/?batch_size=10'),
    ),
    reading(
      'me/following',
      budget('listMyFollowedUsers', 2, 13, 0),
      floor(2, 7, 0, 'the same, of the caller'),
      () => popular.request('GET', '/me/following/?batch_size=10'),
    ),
    scenario(
      'unfollow',
      budget('unfollowUser', 1, 0, 7),
      floor(1, 0, 7, 'three items in a transaction, and the index'),
      (n) => caller.request('DELETE', `/${stranger(n).username}/unfollow/`),
    ),
    reading('me/stats', budget('getMyStats', 1, 1, 0), floor(1, 1, 0, 'one query, consistently'), () =>
      caller.request('GET', '/me/stats/'),
    ),
    scenario(
      'activity event',
      budget('recordActivity', 2, 0.5, 4),
      floor(2, 0.5, 4, 'the account; two items in a transaction'),
      (n) => ({
        event: {
          id: `bench-${n}`,
          source: 'careers.posts',
          'detail-type': 'PostLiked',
          detail: { username: caller.username },
        },
      }),
    ),
    scenario(
      'me/password',
      // Half a unit and two more than was wanted: docs/decisions/0021-passwords-and-mailed-links.md.
      budget('changePassword', 2, 2.5, 6),
      floor(2, 2.5, 6, 'the user, consistently, and three counts of failures; user, account and session'),
      (n) =>
        (people.changing[n % people.changing.length] ?? caller).request('POST', '/me/password/', {
          current_password: PASSWORD,
          ...newPassword,
        }),
      { slow: true },
    ),
    scenario(
      'password/forgot',
      budget('forgetPassword', 1, 0, 1),
      floor(1, 0, 1, 'the mail that is asked for'),
      (n) => anonymous('POST', '/password/forgot/', { email: `somebody.${n}@example.com` }),
      { repeatable: true, with_mail: true },
    ),
    scenario(
      'password/reset',
      budget('resetPassword', 2, 2, 6),
      floor(2, 2, 6, 'link and user, consistently; link, user and account in a transaction'),
      (n) =>
        anonymous('POST', '/password/reset/', {
          token: people.forgotten[n % people.forgotten.length],
          ...newPassword,
        }),
      { slow: true, with_mail: true },
    ),
    scenario(
      'me/email/verification',
      budget('requestVerification', 2, 1, 1),
      floor(2, 1, 1, 'the user, consistently; the mail that is asked for'),
      () => collector.request('POST', '/me/email/verification/'),
      { repeatable: true, with_mail: true },
    ),
    scenario(
      'email/verify',
      budget('verifyEmail', 2, 1, 1),
      floor(2, 1, 1, 'the link, consistently; the user'),
      () => anonymous('POST', '/email/verify/', { token: people.verification }),
      { repeatable: true, with_mail: true },
    ),
    scenario(
      'delete an account',
      budget('deleteMe', 2, 3, 8),
      floor(
        2,
        2.5,
        8,
        'the user, consistently, and three counts of failures; three items in a transaction, and the index',
      ),
      (n) => (going[n % going.length] ?? caller).request('DELETE', '/me/', { password: PASSWORD }),
      { slow: true },
    ),
    reading('availability', budget('getAvailability', 1, 0.5, 0), floor(1, 0.5, 0, 'the user'), () =>
      anonymous('GET', `/availability/?username=${stranger(1).username}`),
    ),
    reading(
      'relationships, 100 users',
      budget('listRelationships', 2, 101, 0),
      floor(2, 51.5, 0, 'the account with its counts, a hundred accounts; edges in two queries'),
      () =>
        caller.request(
          'GET',
          `/relationships/?usernames=${strangers
            .slice(0, 100)
            .map(({ username }) => username)
            .join()}`,
        ),
    ),
    scenario(
      'report',
      budget('reportUser', 2, 1, 4),
      floor(2, 1, 4, 'the account, consistently; report and account in a transaction'),
      // The first of a day for each.
      (n) => {
        const { request } = mutuals[n % mutuals.length] ?? caller;
        return request('POST', `/${popular.username}/report/`, { reason: 'spam' });
      },
      { scarce: true },
    ),
    reading(
      'list, with blocks',
      budget('listUsers', 3, 7.5, 0),
      floor(3, 3.5, 0, 'that of somebody without, and a query of blocks'),
      () => hidden.request('GET', '/'),
    ),
    reading(
      'profile, with blocks',
      budget('getUser', 2, 1.5, 0),
      floor(2, 1.5, 0, 'that of somebody without, and a block'),
      () => hidden.request('GET', `/${popular.username}/`),
    ),
    reading(
      'followers of a user, with blocks',
      budget('listFollowers', 3, 23.5, 0),
      floor(3, 17.5, 0, 'those of somebody without, a query of blocks, and 20 edges for the total'),
      () => hidden.request('GET', `/${popular.username}/followers/?batch_size=10`),
    ),
    reading(
      'following of a user, with blocks',
      budget('listFollowing', 3, 14, 0),
      floor(3, 7.5, 0, 'those of somebody without, a query of blocks, and one of edges for the total'),
      () => hidden.request('GET', `/${popular.username}/following/?batch_size=10`),
    ),
    reading(
      'blocked, ten blocks',
      budget('listMyBlocks', 1, 1, 0),
      floor(1, 1, 0, 'the account; the blocks'),
      () => hidden.request('GET', '/blocked/'),
    ),
    scenario(
      'follow, with blocks',
      budget('followUser', 3, 1, 11.1),
      floor(3, 1, 11.05, 'a follow, and two blocks looked for in its transaction, after the account said so'),
      (n) => hidden.request('POST', '/follow/', { following: unrelated[n]?.id }),
    ),
    scenario(
      'block',
      budget('blockUser', 2, 1, 12.1),
      floor(2, 1, 12.05, 'six items in a transaction; a 20th of a lease'),
      (n) => careful.request('POST', '/block/', { blocked: unrelated[n]?.id }),
    ),
    scenario(
      'unblock',
      budget('unblockUser', 1, 0, 8),
      floor(1, 0, 8, 'two sides and two accounts in a transaction'),
      (n) => careful.request('DELETE', `/${unrelated[n]?.username}/unblock/`),
    ),
    scenario(
      'block, where both follow',
      // A trip more than was wanted: docs/decisions/0030-blocks-have-two-sides.md.
      budget('blockUser', 3, 1, 19),
      floor(3, 1, 18.05, 'eight items and two index entries in a transaction, after the edges said so'),
      (n) => sociable.request('POST', '/block/', { blocked: mutuals[n % mutuals.length]?.id }),
      { scarce: true },
    ),
    scenario(
      'remove a follower',
      budget('removeFollower', 1, 0, 9),
      floor(1, 0, 9, 'the edge, the index, two accounts and a count in a transaction'),
      (n) => popular.request('DELETE', `/${fans[n % fans.length]?.username}/remove-follower/`),
      { scarce: true },
    ),
    scenario(
      'register, with mail',
      budget('register', 2, 0, 14),
      floor(2, 0, 14, 'the same, and the mail that is asked for'),
      (n) => register(2 * NEWCOMERS + n),
      { slow: true, with_mail: true },
    ),
    scenario('logout', budget('logout', 1, 0.5, 1), floor(1, 0.5, 1, 'the session; the account'), (n) => {
      const { request, refresh } = leaving[n % leaving.length] ?? caller;
      return request('POST', '/logout/', { refresh });
    }),
  ];
}
