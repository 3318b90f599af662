/**
 * Replays a day of many users over the limits that AWS publishes, with the units and times that `npm run bench` has
 * measured: `npm run bench:day`, with `-- 5000000` for another number of users. Keeps a Markdown report in
 * bench/results/day.md.
 */
import { seededRandom } from '../local/seed/random.ts';
import * as habits from './day/habits.ts';
import { readMeasured } from './day/measured.ts';
import { PARTITION } from './day/places.ts';
import { type Day, placeNames, replay } from './day/simulation.ts';
import { PRICES } from './harness/prices.ts';
import { number, type Row, type Section, table, writeReport } from './harness/report.ts';

const STANDARD_SIZES = ['100000', '1000000', '10000000', '100000000'];
const SEED = 1;

const sizes = (process.argv.length > 2 ? process.argv.slice(2) : STANDARD_SIZES).map(Number);
const measured = await readMeasured();
const days = sizes.map((users) => replay(users, measured, seededRandom(SEED)));
await writeReport('day.md', {
  title: 'A day of many users, computed',
  command: 'npm run bench:day',
  sections: [reportPeaks(), reportPlaces(), reportCosts()],
});

function tableOf(lines: readonly [label: string, cell: (day: Day) => string][]): string {
  const head = ['', ...sizes.map((size) => `${number(size)} users`)];
  return table(
    head,
    lines.map(([label, cell]): Row => [label, ...days.map(cell)]),
  );
}

function reportPeaks(): Section {
  const asked = Object.entries(habits.ASKED).map(([request, times]) => `${request} ${times}`);
  return {
    title: 'The busiest second',
    note:
      `Nothing here was measured but units and times of single requests (latest.md). Assumed: ${percent(habits.ACTIVE)} of all ` +
      `users come on a day and open the app ${habits.OPENINGS} times; an opening asks for ${asked.join(', ')}; ` +
      'three fifths of a day’s traffic come between 7 and 9, 12 and 14, and 17 and 22 o’clock; from 7 to 9 there are three times as many lists; ' +
      `${percent(habits.GROWTH)} register on a day, and a campaign at noon brings ${percent(habits.CAMPAIGN.share)} more within ` +
      `half an hour; at 20 o’clock ${percent(habits.CELEBRITY.share)} of those who come that day look at one profile, most within ` +
      `${2 * habits.CELEBRITY.fading_minutes} minutes, and half of them follow. A call of DynamoDB takes 5 ms.`,
    body: tableOf([
      ['requests on the day, millions', ({ requests }) => number(requests / 1e6, 1)],
      ['requests a second', ({ peak }) => number(peak.requests)],
      ['lists a second', ({ peak }) => number(peak.lists)],
      ['registrations and profile changes a second', ({ peak }) => number(peak.changes)],
      ['read units a second', ({ peak }) => number(peak.read)],
      ['write units a second', ({ peak }) => number(peak.write)],
      ['instances that are answering', ({ in_flight }) => number(Math.ceil(in_flight))],
      ['of these, lists', ({ lists_in_flight }) => number(Math.ceil(lists_in_flight))],
      ['processors that they keep busy', ({ processors }) => number(Math.ceil(processors))],
      ['records of the stream a second', ({ stream }) => number(stream)],
    ]),
  };
}

function reportPlaces(): Section {
  return {
    title: 'Places with a limit of their own',
    note:
      `The busiest second of each, as a share of what its partitions serve (${number(PARTITION.read)} read and ` +
      `${number(PARTITION.write)} write units each), with the number of partitions in the end; above 100 %, the part of its units of the whole ` +
      'day that was refused, and when that began. Burst capacity, which AWS does not promise, is left out; a partition is assumed ' +
      'to be split when it has refused something in five minutes one after the other, where splitting helps.',
    body: tableOf(
      placeNames.map(([place, label]) => [
        label,
        ({ places }) => {
          const { load = 0, partitions = 0, refused = 0, refused_at } = places.get(place) ?? {};
          const refusals =
            refused_at === undefined ? '' : `, refuses ${percent(refused)} from ${time(refused_at)}`;
          return `${percent(load)} of ${number(partitions)}${refusals}`;
        },
      ]),
    ),
  };
}

function reportCosts(): Section {
  const dynamodb = ({ units }: Day) =>
    (units.read * PRICES.read_units + units.write * PRICES.write_units) / 1e6;
  const gateway = ({ requests }: Day) => (requests * PRICES.gateway_requests) / 1e6;
  const lambda = ({ requests, seconds }: Day) => {
    const gigabytes = [...seconds].reduce((sum, [memory, time]) => sum + (memory / 1024) * time, 0);
    return (requests * PRICES.invocations + gigabytes * PRICES.gigabyte_seconds) / 1e6;
  };
  const all = (day: Day) => dynamodb(day) + gateway(day) + lambda(day);
  const dollars = (amount: number) => number(amount, amount < 100 ? 2 : 0);
  return {
    title: 'What the day costs, in USD',
    note:
      'At the list prices of docs/operations.md, on demand, without storage, backups, logs, traces and traffic out. Units ' +
      'that were refused count as if they had been served.',
    body: tableOf([
      ['DynamoDB', (day) => dollars(dynamodb(day))],
      ['API Gateway', (day) => dollars(gateway(day))],
      ['Lambda', (day) => dollars(lambda(day))],
      ['in all', (day) => dollars(all(day))],
      [
        'a user and month, cents',
        (day) => number((all(day) * 30 * 100) / (sizes[days.indexOf(day)] ?? 1), 2),
      ],
    ]),
  };
}

function percent(share: number): string {
  const value = share * 100;
  return `${number(value, value < 10 && !Number.isInteger(value) ? 1 : 0)} %`;
}

function time(second: number): string {
  const [hours, minutes] = [Math.floor(second / 3600), Math.floor((second % 3600) / 60)];
  return `${hours}:${String(minutes).padStart(2, '0')}`;
}
