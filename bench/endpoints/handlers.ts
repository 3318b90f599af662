import { hashPassword } from '../../lib/auth/passwords.ts';
import type { Sample } from '../harness/instance.ts';
import { Instance } from '../harness/instances.ts';
import { inTurn } from '../harness/inTurn.ts';
import { PRICES } from '../harness/prices.ts';
import { milliseconds, type Section, spread, table } from '../harness/report.ts';
import { median } from '../harness/statistics.ts';
import { timeComparisons } from './logins.ts';
import { PASSWORD } from './people.ts';
import { type Cost, MAIL, meanCost, type Scenario } from './scenarios.ts';

const WARM_UP = 50;
const SAMPLES = 300;
/** Of what is measured less often. */
const FEW_WARM_UP = 5;
const FEW_SAMPLES = 40;

/** What one kind of request came to in a warm instance. */
interface Measured {
  scenario: Scenario;
  samples: Sample[];
  /** How long bcrypt takes alone, measured right after; 0 where nothing is hashed. */
  bcrypt: number;
}

/** Invokes each function many times, one request after the other, in a warm instance. */
export async function measureHandlers(all: readonly Scenario[]): Promise<Section[]> {
  const hash = await hashPassword(PASSWORD);
  const measured = await inTurn('Handlers', all, async (scenario): Promise<Measured> => {
    const { budget, slow, scarce, request, with_mail } = scenario;
    const is_seldom = slow || scarce;
    const warm_up = is_seldom ? FEW_WARM_UP : WARM_UP;
    const number = warm_up + (is_seldom ? FEW_SAMPLES : SAMPLES);
    await using instance = new Instance(budget.name, with_mail ? MAIL : {});
    const { samples } = await instance.invoke(Array.from({ length: number }, (_, n) => request(n)));
    const bcrypt = slow ? median(timeComparisons(hash, FEW_SAMPLES)) : 0;
    return { scenario, samples: samples.slice(warm_up), bcrypt };
  });
  return [reportCosts(measured), reportLatency(measured)];
}

const price = ({ read_units, write_units }: Cost) =>
  read_units * PRICES.read_units + write_units * PRICES.write_units;

/** Costs beside budgets and floors. */
function reportCosts(measured: readonly Measured[]): Section {
  const show = ({ trips, read_units, write_units }: Cost) =>
    [trips, read_units, write_units].map((value) => Number(value.toFixed(2))).join(' / ');
  return {
    title: 'Round trips and units',
    note:
      'Trips / read units / write units of a warm instance, as the database reports them; the mean where they differ ' +
      'from request to request. Lists are of 10 users, of a caller who follows ten, or a hundred where it says so and ' +
      'in the lists of a user. Prices are for a million requests at the list prices of US East (N. Virginia), on ' +
      `demand: USD ${PRICES.read_units} for a million read units, USD ${PRICES.write_units} for a million write units.`,
    body: table(
      ['endpoint', 'measured', 'budget', 'floor', 'what the floor is', 'USD / million'],
      measured.map(({ scenario: { title, budget, floor }, samples }) => {
        const cost = meanCost(samples);
        return [title, show(cost), show(budget), show(floor), floor.because, price(cost).toFixed(2)];
      }),
    ),
  };
}

/** Latencies, split into what waits for what. */
function reportLatency(measured: readonly Measured[]): Section {
  return {
    title: 'Latency of the handlers',
    note:
      'Milliseconds in a warm instance, one request at a time, over a local database. Database: the p50 of the time ' +
      'in which a call was under way. bcrypt: the p50 of one comparison alone, right after. Ours: the p50 of what ' +
      'remains; where there is bcrypt, its own noise is larger than that. Registration hashes while it takes an id.',
    body: table(
      ['endpoint', 'p50', 'p95', 'p99', 'database', 'bcrypt', 'ours'],
      measured.map(({ scenario, samples, bcrypt }) => {
        const waiting = median(samples.map(({ database }) => database));
        const ours = median(samples.map(({ total, database }) => total - database)) - bcrypt;
        const shares = [waiting, bcrypt, Math.max(0, ours)].map(milliseconds);
        return [scenario.title, ...spread(samples.map(({ total }) => total)), ...shares];
      }),
    ),
  };
}
