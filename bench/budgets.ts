import type { OperationId } from '../lib/http/routes.ts';
import { mean } from './harness/statistics.ts';

/** Round trips (sequential waits on DynamoDB) and units as AWS bills them. */
export interface Cost {
  trips: number;
  read_units: number;
  write_units: number;
}

/** The function that a budget is for, and the most that a request may cost it. */
export interface Budget extends Cost {
  name: OperationId | 'recordActivity';
}

const budget = (name: Budget['name'], trips: number, read_units: number, write_units: number): Budget => ({
  name,
  trips,
  read_units,
  write_units,
});

/**
 * The most that a request may cost in a warm instance, by what is asked; of requests that share a cost, the mean. Lists
 * are of 10 rows unless said, for a caller who follows a dozen unless said.
 */
export const budgets = {
  register: budget('register', 2, 0, 10),
  login: budget('login', 1, 4, 0),
  'login, wrong password': budget('login', 2, 4, 3),
  'login, throttled': budget('login', 1, 4, 0),
  refresh: budget('refreshToken', 1, 2, 0),
  'list, anonymous': budget('listUsers', 1, 2, 0),
  'list, signed in': budget('listUsers', 2, 7, 0),
  // Half a unit more than was wanted: docs/decisions/0003-what-it-costs-to-know-that-an-account-exists.md.
  'list, following 100': budget('listUsers', 2, 7.5, 0),
  'profile, anonymous': budget('getUser', 1, 0.5, 0),
  'profile, signed in': budget('getUser', 1, 1, 0),
  me: budget('getMe', 1, 1, 0),
  'me/update, nothing': budget('updateMe', 1, 1, 0),
  'me/update, without email': budget('updateMe', 1, 0, 3),
  'me/update, with email': budget('updateMe', 2, 1, 8),
  follow: budget('followUser', 2, 1, 7.1),
  'following, a dozen edges': budget('listMyFollowing', 1, 1, 0),
  'following, 100 edges': budget('listMyFollowing', 1, 3, 0),
  'followers of a user': budget('listFollowers', 2, 13, 0),
  'following of a user': budget('listFollowing', 2, 13, 0),
  'me/followers': budget('listMyFollowers', 2, 13, 0),
  'me/following': budget('listMyFollowedUsers', 2, 13, 0),
  unfollow: budget('unfollowUser', 1, 0, 7),
  'me/stats': budget('getMyStats', 1, 1, 0),
  'activity event': budget('recordActivity', 2, 0.5, 4),
  logout: budget('logout', 1, 0.5, 1),
} satisfies Record<string, Budget>;

/** What is asked. */
export type Title = keyof typeof budgets;

/** The mean of what several requests cost. */
export const meanCost = (costs: readonly Cost[]): Cost => ({
  trips: mean(costs.map(({ trips }) => trips)),
  read_units: mean(costs.map(({ read_units }) => read_units)),
  write_units: mean(costs.map(({ write_units }) => write_units)),
});
