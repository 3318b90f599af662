import { person } from '../../local/seed/people.ts';
import { type Budget, budgets, type Cost, type Title } from '../budgets.ts';
import type { Invocable } from '../harness/instances.ts';
import { anonymous } from '../harness/requests.ts';
import { PASSWORD, type People } from './people.ts';

/** What the work itself takes, at DynamoDB's prices. */
interface Floor extends Cost {
  because: string;
}

/** One kind of request as it is measured. */
export interface Scenario {
  title: Title;
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

const floor = (trips: number, read_units: number, write_units: number, because: string): Floor => ({
  trips,
  read_units,
  write_units,
  because,
});

/** What is measured, in an order in which each finds what it needs. */
export function scenarios({ caller, collector, spare_refresh, popular, strangers }: People): Scenario[] {
  const stranger = (n: number) => strangers[n % strangers.length] ?? popular;
  const scenario = (
    title: Title,
    floor: Floor,
    request: Scenario['request'],
    kind: { slow?: boolean; repeatable?: boolean } = {},
  ): Scenario => ({ title, budget: budgets[title], floor, request, slow: false, repeatable: false, ...kind });
  const reading = (title: Title, floor: Floor, request: Scenario['request']) =>
    scenario(title, floor, request, { repeatable: true });

  return [
    scenario(
      'register',
      floor(2, 0, 10, 'an id; four items and an index entry, in a transaction'),
      (n) => {
        const { avatar: _, ...newcomer } = person(NEWCOMERS + n);
        const passwords = { password: PASSWORD, password_confirm: PASSWORD };
        return anonymous('POST', '/register/', { ...newcomer, ...passwords });
      },
      { slow: true },
    ),
    scenario(
      'login',
      floor(1, 4, 0, 'the user and three counts of failures, consistently'),
      () => anonymous('POST', '/login/', { username: caller.username, password: PASSWORD }),
      { slow: true, repeatable: true },
    ),
    reading('refresh', floor(1, 2, 0, 'account and revocation, consistently'), () =>
      anonymous('POST', '/token/refresh/', { refresh: caller.refresh }),
    ),
    reading('list, anonymous', floor(1, 2, 0, 'four shards asked for changes'), () => anonymous('GET', '/')),
    reading('list, signed in', floor(2, 3, 0, 'the same, the account, and one query of edges'), () =>
      caller.request('GET', '/'),
    ),
    reading('list, following 100', floor(2, 7.5, 0, 'the same, with ten edges read one by one'), () =>
      collector.request('GET', '/'),
    ),
    reading('profile, anonymous', floor(1, 0.5, 0, 'one query, up to 4 KB'), () =>
      anonymous('GET', `/${stranger(1).username}/`),
    ),
    reading('profile, signed in', floor(1, 1, 0, 'the same, and the account'), () =>
      caller.request('GET', `/${stranger(1).username}/`),
    ),
    reading('me', floor(1, 1, 0, 'one query, consistently'), () => caller.request('GET', '/me/')),
    scenario('me/update, nothing', floor(1, 1, 0, 'the user, consistently'), () =>
      caller.request('PATCH', '/me/update/', {}),
    ),
    scenario(
      'me/update, without email',
      floor(1, 0, 3, 'the item; in the index one entry out, one in'),
      (n) => caller.request('PATCH', '/me/update/', { bio: `Biography number ${n}` }),
    ),
    scenario('me/update, with email', floor(2, 1, 8, 'three items in a transaction, and the index'), (n) =>
      caller.request('PATCH', '/me/update/', { email: `bench.${n}@example.com` }),
    ),
    reading('following, a dozen edges', floor(1, 1, 0, 'the account; the edges'), () =>
      caller.request('GET', '/following/'),
    ),
    scenario('follow', floor(2, 1, 7.05, 'three items in a transaction, the index; a 20th of a lease'), (n) =>
      caller.request('POST', '/follow/', { following: strangers[n]?.id }),
    ),
    reading('following, 100 edges', floor(1, 2.5, 0, 'the account; 100 edges with short names'), () =>
      collector.request('GET', '/following/'),
    ),
    reading(
      'followers of a user',
      floor(2, 7, 0, 'profile, index, account; ten users and a query of edges'),
      () => collector.request('GET', `/${popular.username}/followers/?batch_size=10`),
    ),
    reading(
      'following of a user',
      floor(2, 7, 0, 'edges, two accounts; ten users and a query of edges'),
      () => collector.request('GET', `/${popular.username}/following/?batch_size=10`),
    ),
    reading('me/followers', floor(2, 7, 0, 'the same, of the caller'), () =>
      popular.request('GET', '/me/followers/?batch_size=10'),
    ),
    reading('me/following', floor(2, 7, 0, 'the same, of the caller'), () =>
      popular.request('GET', '/me/following/?batch_size=10'),
    ),
    scenario('unfollow', floor(1, 0, 7, 'three items in a transaction, and the index'), (n) =>
      caller.request('DELETE', `/${stranger(n).username}/unfollow/`),
    ),
    reading('me/stats', floor(1, 1, 0, 'one query, consistently'), () => caller.request('GET', '/me/stats/')),
    scenario('activity event', floor(2, 0.5, 4, 'the account; two items in a transaction'), (n) => ({
      event: {
        id: `bench-${n}`,
        source: 'careers.posts',
        'detail-type': 'PostLiked',
        detail: { username: caller.username },
      },
    })),
    scenario('logout', floor(1, 0.5, 1, 'the revocation; the account'), () =>
      caller.request('POST', '/logout/', { refresh: spare_refresh }),
    ),
  ];
}
