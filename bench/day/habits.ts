/** What people do on a day. All of it is assumed: change it to what your own people do. */

/** The part of all users who come on a day, and how often each of them opens the app. */
export const ACTIVE = 0.2;
export const OPENINGS = 4;

/** New users a day, as a part of those who are there. */
export const GROWTH = 0.003;

/** How much of an average hour's traffic each hour of the day has. */
const HOURS = [
  0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 1, 1.9, 2, 1.3, 1, 1, 1.4, 1.3, 0.9, 0.9, 1, 1.2, 1.5, 1.7, 1.7, 1.4, 0.9,
  0.5,
];

/** In the morning people look for jobs and for each other: so many times as many lists, between these hours. */
const MORNING = { from: 7, to: 9, lists: 3 };

/** What an opening of the app asks for, by the names that the bench has for requests. */
export const ASKED: Record<string, number> = {
  refresh: 1,
  login: 0.03,
  me: 0.5,
  'list, signed in': 3,
  'profile, signed in': 3,
  'followers of a user': 0.5,
  'following, 100 edges': 0.5,
  follow: 0.3,
  unfollow: 0.05,
  'me/stats': 0.3,
  'me/update, without email': 0.02,
  'activity event': 1,
};

/** A campaign brings new users, as a part of those who are there, within half an hour. */
export const CAMPAIGN = { from: 12.5, to: 13, share: 0.005 };

/** A celebrity is in the news: that part of all who come on the day look at the profile, and half of them follow. */
export const CELEBRITY = { from: 20, share: 0.02, follows: 0.5, fading_minutes: 3 };

/** What is asked of the celebrity. */
export const OF_CELEBRITY = { profile: 'profile of the celebrity', follow: 'follow of the celebrity' };

const HOUR = 3600;
export const DAY = 24 * HOUR;

/**
 * How many requests of each kind come in a second of the day, on average, where so many users are; with campaign and
 * celebrity on an eventful day.
 */
export function ratesAt(second: number, users: number, is_eventful: boolean): Map<string, number> {
  const hour = second / HOUR;
  const active = users * ACTIVE;
  const openings = ((active * OPENINGS) / DAY) * (HOURS[Math.floor(hour)] ?? 0);
  const rates = new Map(Object.entries(ASKED).map(([request, times]) => [request, openings * times]));
  const add = (request: string, rate: number) => rates.set(request, (rates.get(request) ?? 0) + rate);

  const is_morning = hour >= MORNING.from && hour < MORNING.to;
  if (is_morning) add('list, signed in', openings * (ASKED['list, signed in'] ?? 0) * (MORNING.lists - 1));
  add('register', (openings * GROWTH) / (ACTIVE * OPENINGS));
  if (!is_eventful) return rates;
  const is_campaign = hour >= CAMPAIGN.from && hour < CAMPAIGN.to;
  if (is_campaign) add('register', (users * CAMPAIGN.share) / ((CAMPAIGN.to - CAMPAIGN.from) * HOUR));
  const fading = CELEBRITY.fading_minutes * 60;
  if (hour >= CELEBRITY.from) {
    const since = second - CELEBRITY.from * HOUR;
    const looks = ((active * CELEBRITY.share) / fading) * Math.exp(-since / fading);
    add(OF_CELEBRITY.profile, looks);
    add(OF_CELEBRITY.follow, looks * CELEBRITY.follows);
  }
  return rates;
}
