import type { Random } from '../../local/seed/random.ts';
import { DAY, OF_CELEBRITY, ratesAt } from './habits.ts';
import type { Measured } from './measured.ts';
import { Place, type Record, type Units } from './places.ts';

/** The places that requests meet at, as the report names them; what is spread is spread over all users. */
const PLACES = {
  users: 'all users’ items, spread',
  index: 'index: cards and followers, spread',
  directory: 'index: the newest changes, four shards',
  user_sequence: 'the sequence of user ids',
  follow_sequence: 'the sequence of follow ids',
  celebrity: 'a celebrity’s profile and 16 stripes',
  celebrity_followers: 'index: a celebrity’s newest followers',
};

export type PlaceName = keyof typeof PLACES;
export const placeNames = Object.entries(PLACES) as [PlaceName, string][];

/** A new table on demand has as many partitions, and so has its index. */
const NEW_TABLE = 4;
const SHARDS = 4;
const STRIPES = 16;

/** The part of a request's units that is not spread over all users. */
const CONCENTRATED: { [request: string]: Partial<{ [place in PlaceName]: Partial<Units> }> } = {
  register: { user_sequence: { write: 1 }, directory: { write: 1 } },
  'list, signed in': { directory: { read: 2 } },
  'me/update, without email': { directory: { write: 1 }, index: { write: 1 } },
  follow: { index: { write: 1 }, follow_sequence: { write: 0.05 } },
  unfollow: { index: { write: 1 } },
  [OF_CELEBRITY.follow]: {
    celebrity: { write: 2 },
    celebrity_followers: { write: 1 },
    follow_sequence: { write: 0.05 },
  },
  [OF_CELEBRITY.profile]: { celebrity: { read: 0.5 } },
};

/** The requests that are like others but for where they go. */
const ALIKE: { [request: string]: string } = {
  [OF_CELEBRITY.follow]: 'follow',
  [OF_CELEBRITY.profile]: 'profile, signed in',
};

/** A list reads the changes of the last ten seconds again, at that many read units each, up to so many in all. */
const CHANGE = 0.04;
const REREAD_SECONDS = 10;
const DEAREST_LIST = 16;

/** What a day comes to. */
export interface Day {
  requests: number;
  /** In its busiest second. */
  peak: { requests: number; lists: number; changes: number } & Units;
  /** Requests that are being answered at once, and processors that they keep busy, in the busiest second. */
  in_flight: number;
  processors: number;
  /** Instances of the list among them. */
  lists_in_flight: number;
  units: Units;
  /** Seconds of functions by the memory that they have, in MB. */
  seconds: Map<number, number>;
  /** Records of the table’s stream in the busiest second. */
  stream: number;
  places: Map<PlaceName, Record>;
}

/** A whole processor of Lambda, in MB, and what most functions have. */
const WHOLE = 1769;
const USUAL = 512;
const HEAVY = new Set(['register', 'login', 'list, signed in']);

/** How long a call of DynamoDB takes on AWS, in seconds: assumed, as this machine cannot tell. */
const TRIP = 0.005;

/** Items that a request writes, each a record of the stream. */
const RECORDS: { [request: string]: number } = {
  register: 5,
  login: 1,
  follow: 3,
  unfollow: 3,
  'me/update, without email': 1,
  'activity event': 2,
};

/**
 * Replays a day of so many users, second by second. The day before it, without campaign and celebrity, has shaped the
 * partitions.
 */
export function replay(users: number, measured: (request: string) => Measured, random: Random): Day {
  const partitions = { users: NEW_TABLE, index: NEW_TABLE };
  const { places } = run({ users, measured, random, partitions, is_eventful: false });
  for (const name of ['users', 'index'] as const) {
    partitions[name] = places.get(name)?.partitions ?? NEW_TABLE;
  }
  return run({ users, measured, random, partitions, is_eventful: true });
}

interface Run {
  users: number;
  measured: (request: string) => Measured;
  random: Random;
  /** How many partitions what is spread begins with. */
  partitions: { users: number; index: number };
  is_eventful: boolean;
}

function run({ users, measured, random, partitions, is_eventful }: Run): Day {
  const places = new Map<PlaceName, Place>([
    ['users', new Place(partitions.users, Number.POSITIVE_INFINITY)],
    ['index', new Place(partitions.index, Number.POSITIVE_INFINITY)],
    ['directory', new Place(SHARDS, SHARDS)],
    ['user_sequence', new Place(1, 1)],
    ['follow_sequence', new Place(1, 1)],
    ['celebrity', new Place(1, STRIPES)],
    ['celebrity_followers', new Place(1, 1)],
  ]);
  const day = {
    requests: 0,
    units: { read: 0, write: 0 },
    peak: { requests: 0, lists: 0, changes: 0, read: 0, write: 0 },
    ...{ in_flight: 0, lists_in_flight: 0, processors: 0, stream: 0 },
    seconds: new Map<number, number>(),
  };
  let changes_lately = 0;
  for (let second = 0; second < DAY; second++) {
    const asked = new Map<PlaceName, { read: number; write: number }>();
    const ask = (place: PlaceName, { read = 0, write = 0 }: Partial<Units>) => {
      const before = asked.get(place) ?? { read: 0, write: 0 };
      asked.set(place, { read: before.read + read, write: before.write + write });
    };
    const now = {
      requests: 0,
      changes: 0,
      lists: 0,
      in_flight: 0,
      lists_in_flight: 0,
      processors: 0,
      stream: 0,
    };
    const reread = Math.min(DEAREST_LIST - 2, CHANGE * changes_lately);
    for (const [request, rate] of ratesAt(second, users, is_eventful)) {
      const count = poisson(random, rate);
      if (count === 0) continue;
      const kind = ALIKE[request] ?? request;
      const { trips, read_units, write_units, own } = measured(kind);
      const memory = HEAVY.has(kind) ? WHOLE : USUAL;
      const seconds = (own / 1000) * (WHOLE / memory) + trips * TRIP;
      const spread = { read: read_units, write: write_units };
      for (const [place, units] of Object.entries(CONCENTRATED[request] ?? {}) as [
        PlaceName,
        Partial<Units>,
      ][]) {
        ask(place, { read: count * (units.read ?? 0), write: count * (units.write ?? 0) });
        spread.read -= units.read ?? 0;
        spread.write -= units.write ?? 0;
      }
      if (spread.read < 0 || spread.write < 0)
        throw new RangeError(`${request} costs less than its shared keys.`);
      ask('users', { read: count * spread.read, write: count * spread.write });
      now.requests += count;
      now.in_flight += count * seconds;
      now.processors += (count * own) / 1000;
      now.stream += count * (RECORDS[kind] ?? 0);
      day.seconds.set(memory, (day.seconds.get(memory) ?? 0) + count * seconds);
      if (kind === 'register' || kind === 'me/update, without email') now.changes += count;
      if (kind === 'list, signed in') {
        now.lists += count;
        now.lists_in_flight += count * seconds;
        ask('directory', { read: count * reread });
      }
    }
    changes_lately += now.changes - changes_lately / REREAD_SECONDS;
    const total = { read: 0, write: 0 };
    for (const [name, place] of places) {
      const units = asked.get(name) ?? { read: 0, write: 0 };
      place.serve(units);
      total.read += units.read;
      total.write += units.write;
    }
    day.requests += now.requests;
    day.units.read += total.read;
    day.units.write += total.write;
    for (const name of ['requests', 'lists', 'changes'] as const)
      day.peak[name] = Math.max(day.peak[name], now[name]);
    for (const name of ['read', 'write'] as const) day.peak[name] = Math.max(day.peak[name], total[name]);
    for (const name of ['in_flight', 'lists_in_flight', 'processors', 'stream'] as const) {
      day[name] = Math.max(day[name], now[name]);
    }
  }
  return { ...day, places: new Map([...places].map(([name, place]) => [name, place.record])) };
}

/** How many of something happen that happens so often on average; where that is often, about. */
function poisson(random: Random, mean: number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count++;
  }
  return count;
}
