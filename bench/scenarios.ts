import { BASE_PATH } from '../lib/http/routes.ts';
import type { Request } from '../tests/support/gateway.ts';
import type { Invocable } from './instances.ts';
import { PASSWORD } from './stage.ts';

/** Round trips and units: a budget, a floor or a measurement. */
export interface Cost {
  trips: number;
  read_units: number;
  write_units: number;
}

/** One endpoint as it is measured. */
export interface Scenario {
  title: string;
  /** The function. */
  name: string;
  budget: Cost;
  /** The least that the work allows in DynamoDB's prices, with the reason. */
  floor: Cost & { because: string };
  /** Runs bcrypt, so it is measured less often. */
  slow?: boolean;
  /** Can be asked any number of times. */
  repeatable?: boolean;
  /** The request number `n`; no two numbers get in each other's way. */
  request: (n: number) => Invocable;
}

/** Who there is to ask for: the caller, and others. */
export interface Cast {
  caller: { id: number; username: string; access: string; refresh: string };
  /** A refresh token of the caller that may be revoked. */
  spare_refresh: string;
  /** Many follow this one, whom the caller does not. */
  popular: { username: string };
  /** Nobody here is followed by the caller yet. */
  strangers: { id: number; username: string }[];
}

const cost = (trips: number, read_units: number, write_units: number): Cost => ({
  trips,
  read_units,
  write_units,
});

/** Every endpoint with its budget, in an order in which each finds what it needs. */
export function scenarios({ caller, spare_refresh, popular, strangers }: Cast): Scenario[] {
  const stranger = (n: number) => strangers[n % strangers.length] ?? popular;
  const request = (method: string, path: string, token?: string, body?: object): Request => ({
    method,
    path: `${BASE_PATH}${path}`,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const asCaller = (method: string, path: string, body?: object) =>
    request(method, path, caller.access, body);

  return [
    {
      title: 'register',
      name: 'register',
      budget: cost(2, 0, 10),
      floor: { ...cost(2, 0, 10), because: 'an id; four items and an index entry, in a transaction' },
      slow: true,
      request: (n) =>
        request('POST', '/register/', undefined, {
          username: `newcomer.${n}`,
          email: `newcomer.${n}@example.com`,
          password: PASSWORD,
          password_confirm: PASSWORD,
        }),
    },
    {
      title: 'login',
      name: 'login',
      budget: cost(1, 4, 0),
      floor: { ...cost(1, 4, 0), because: 'the user and three counts of failures, consistently' },
      slow: true,
      repeatable: true,
      request: () => request('POST', '/login/', undefined, { username: caller.username, password: PASSWORD }),
    },
    {
      title: 'refresh',
      name: 'refreshToken',
      budget: cost(1, 2, 0),
      floor: { ...cost(1, 2, 0), because: 'account and revocation, consistently' },
      repeatable: true,
      request: () => request('POST', '/token/refresh/', undefined, { refresh: caller.refresh }),
    },
    {
      title: 'list, anonymous',
      name: 'listUsers',
      budget: cost(1, 2, 0),
      floor: { ...cost(1, 2, 0), because: 'four shards asked for changes' },
      repeatable: true,
      request: () => request('GET', '/'),
    },
    {
      title: 'list, signed in',
      name: 'listUsers',
      budget: cost(2, 7, 0),
      floor: { ...cost(2, 3, 0), because: 'the same, the account, and one query of edges' },
      repeatable: true,
      request: () => asCaller('GET', '/'),
    },
    {
      title: 'profile',
      name: 'getUser',
      budget: cost(1, 1, 0),
      floor: { ...cost(1, 0.5, 0), because: 'one query, up to 4 KB' },
      repeatable: true,
      request: () => request('GET', `/${stranger(1).username}/`),
    },
    {
      title: 'me',
      name: 'getMe',
      budget: cost(1, 1, 0),
      floor: { ...cost(1, 1, 0), because: 'one query, consistently' },
      repeatable: true,
      request: () => asCaller('GET', '/me/'),
    },
    {
      title: 'me/update',
      name: 'updateMe',
      budget: cost(1, 0, 3),
      floor: { ...cost(1, 0, 3), because: 'the item; in the index one entry out, one in' },
      request: (n) => asCaller('PATCH', '/me/update/', { bio: `Biography number ${n}` }),
    },
    {
      title: 'me/update, email',
      name: 'updateMe',
      budget: cost(2, 1, 8),
      floor: { ...cost(2, 1, 8), because: 'three items in a transaction, and the index' },
      request: (n) => asCaller('PATCH', '/me/update/', { email: `bench.${n}@example.com` }),
    },
    {
      title: 'follow',
      name: 'followUser',
      budget: cost(2, 1, 7.1),
      floor: { ...cost(2, 1, 7.05), because: 'three items in a transaction, the index; a 20th of a lease' },
      request: (n) => asCaller('POST', '/follow/', { following: strangers[n]?.id }),
    },
    {
      title: 'following (100 edges)',
      name: 'listMyFollowing',
      budget: cost(1, 3, 0),
      floor: { ...cost(1, 2.5, 0), because: 'the account; 100 edges with short names' },
      repeatable: true,
      request: () => asCaller('GET', '/following/'),
    },
    {
      title: 'followers of a user (10 rows, signed in)',
      name: 'listFollowers',
      budget: cost(2, 13, 0),
      floor: { ...cost(2, 7, 0), because: 'profile, index, account; ten users and a query of edges' },
      repeatable: true,
      request: () => asCaller('GET', `/${popular.username}/followers/?batch_size=10`),
    },
    {
      title: 'following of a user (10 rows, signed in)',
      name: 'listFollowing',
      budget: cost(2, 13, 0),
      floor: { ...cost(2, 7, 0), because: 'edges, two accounts; ten users and a query of edges' },
      repeatable: true,
      request: () => asCaller('GET', `/${popular.username}/following/?batch_size=10`),
    },
    {
      title: 'unfollow',
      name: 'unfollowUser',
      budget: cost(1, 0, 7),
      floor: { ...cost(1, 0, 7), because: 'three items in a transaction, and the index' },
      request: (n) => asCaller('DELETE', `/${stranger(n).username}/unfollow/`),
    },
    {
      title: 'me/stats',
      name: 'getMyStats',
      budget: cost(1, 1, 0),
      floor: { ...cost(1, 1, 0), because: 'one query, consistently' },
      repeatable: true,
      request: () => asCaller('GET', '/me/stats/'),
    },
    {
      title: 'activity event',
      name: 'recordActivity',
      budget: cost(2, 0.5, 4),
      floor: { ...cost(2, 0.5, 4), because: 'the account; two items in a transaction' },
      request: (n) => ({
        event: {
          id: `bench-${n}`,
          source: 'careers.posts',
          'detail-type': 'PostLiked',
          detail: { username: caller.username },
        },
      }),
    },
    {
      title: 'logout',
      name: 'logout',
      budget: cost(1, 0.5, 1),
      floor: { ...cost(1, 0.5, 1), because: 'the revocation; the account' },
      request: () => asCaller('POST', '/logout/', { refresh: spare_refresh }),
    },
  ];
}
