import { expect, test } from 'vitest';
import { DAY, ratesAt } from '../../../bench/day/habits.ts';
import { readMeasured } from '../../../bench/day/measured.ts';
import { Place } from '../../../bench/day/places.ts';
import { replay } from '../../../bench/day/simulation.ts';
import { seededRandom } from '../../../local/seed/random.ts';

function serveFor(place: Place, seconds: number, write: number) {
  for (let second = 0; second < seconds; second++) place.serve({ read: 0, write });
  return place.record;
}

test('a place refuses what its partitions do not serve in that second', () => {
  expect(serveFor(new Place(1, 1), 10, 1000)).toMatchObject({ load: 1, refused: 0, refused_at: undefined });
  expect(serveFor(new Place(1, 1), 10, 1250)).toMatchObject({ load: 1.25, refused: 0.2, refused_at: 0 });
  expect(serveFor(new Place(2, 2), 10, 1250)).toMatchObject({ load: 0.625, refused: 0 });
});

test('a hot place is split after five minutes, as far as splitting helps', () => {
  expect(serveFor(new Place(1, 16), 299, 3000).partitions).toBe(1);
  expect(serveFor(new Place(1, 16), 300, 3000).partitions).toBe(2);
  expect(serveFor(new Place(1, 16), 3600, 3000).partitions).toBe(4);
  expect(serveFor(new Place(1, 1), 3600, 3000).partitions).toBe(1);
});

test('a day has the same requests at whatever hour, and news only when it is eventful', () => {
  const total = (is_eventful: boolean) => {
    let requests = 0;
    for (let second = 0; second < DAY; second += 60) {
      for (const rate of ratesAt(second, 1000, is_eventful).values()) requests += rate * 60;
    }
    return requests;
  };
  expect(total(true)).toBeGreaterThan(total(false));
  expect(total(false) / 1000).toBeCloseTo(8.9, 0);
});

test('what every request must share is what breaks first: the newest ends of the feed', async () => {
  const { places } = replay(20_000_000, await readMeasured(), seededRandom(1));
  const refusing = [...places].filter(([, { refused }]) => refused > 0).map(([name]) => name);
  expect(refusing).toEqual(['directory']);
});
