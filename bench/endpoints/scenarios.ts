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
  /** Can be asked any number of times. */
  repeatable: boolean;
  /** The request number `n`; no two numbers get in each other's way. */
  request: (n: number) => Invocable;
}

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
export function scenarios({ caller, collector, leaving, popular, strangers, twice }: People): Scenario[] {
  const stranger = (n: number) => strangers[n % strangers.length] ?? popular;
  const signedInTwice = (n: number) => twice[n % twice.length] ?? { ...popular, other: popular.sid };
  const scenario = (
    title: string,
    budget: Budget,
    floor: Floor,
    request: Scenario['request'],
    kind: { slow?: boolean; repeatable?: boolean } = {},
  ): Scenario => ({ title, budget, floor, request, slow: false, repeatable: false, ...kind });
  const reading = (...[title, budget, floor, request]: Parameters<typeof scenario>) =>
    scenario(title, budget, floor, request, { repeatable: true });

  return [
    scenario(
      'register',
      budget('register', 2, 0, 12),
      floor(2, 0, 12, 'an id; five items and an index entry, in a transaction'),
      (n) => {
        const { avatar: _, ...newcomer } = person(NEWCOMERS + n);
        const passwords = { password: PASSWORD, password_confirm: PASSWORD };
        return anonymous('POST', '/register/', { ...newcomer, ...passwords });
      },
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
    scenario('logout', budget('logout', 1, 0.5, 1), floor(1, 0.5, 1, 'the session; the account'), (n) => {
      const { request, refresh } = leaving[n % leaving.length] ?? caller;
      return request('POST', '/logout/', { refresh });
    }),
  ];
}
