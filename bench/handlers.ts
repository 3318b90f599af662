import { compareSync } from 'bcryptjs';
import { hashPassword } from '../lib/auth/passwords.ts';
import type { Progress } from '../local/seed/progress.ts';
import type { Sample } from './instance.ts';
import type { Fleet, Instance } from './instances.ts';
import { median, milliseconds, type Section, spread, table } from './report.ts';
import type { Cost, Scenario } from './scenarios.ts';
import { PASSWORD } from './stage.ts';

const WARM_UP = 50;
const SAMPLES = 300;
const SLOW_WARM_UP = 5;
const SLOW_SAMPLES = 40;

/** List prices of on-demand capacity, US East (N. Virginia): US dollars for a million units. */
const READ_PRICE = 0.125;
const WRITE_PRICE = 0.625;

/** What one endpoint came to in a warm instance. */
export interface Measured {
  scenario: Scenario;
  samples: Sample[];
  /** How long bcrypt takes alone, measured right after; 0 for endpoints that do not hash. */
  bcrypt: number;
}

export const handlerSteps = (all: readonly Scenario[]) => all.length;

/** Invokes each endpoint many times, one request after the other, in a warm instance of its own. */
export async function measureHandlers(
  fleet: Fleet,
  all: readonly Scenario[],
  progress: Progress,
): Promise<Measured[]> {
  const hash = await hashPassword(PASSWORD);
  const instances = new Map<string, Instance>();
  const measured: Measured[] = [];
  for (const scenario of all) {
    const instance = instances.get(scenario.name) ?? fleet.start(scenario.name);
    instances.set(scenario.name, instance);
    const warm_up = scenario.slow ? SLOW_WARM_UP : WARM_UP;
    const number = warm_up + (scenario.slow ? SLOW_SAMPLES : SAMPLES);
    const requests = Array.from({ length: number }, (_, n) => scenario.request(n));
    const { samples } = await instance.invoke(requests);
    const bcrypt = scenario.slow ? measureBcrypt(hash) : 0;
    measured.push({ scenario, samples: samples.slice(warm_up), bcrypt });
    progress.advance();
  }
  await Promise.all([...instances.values()].map((instance) => instance.stop()));
  return measured;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function consumed(samples: readonly Sample[]): Cost {
  return {
    trips: median(samples.map(({ trips }) => trips)),
    read_units: mean(samples.map(({ read_units }) => read_units)),
    write_units: mean(samples.map(({ write_units }) => write_units)),
  };
}

const price = ({ read_units, write_units }: Cost) => read_units * READ_PRICE + write_units * WRITE_PRICE;

const round = (value: number) => Number(value.toFixed(2));

/** Costs beside budgets and floors. */
export function reportCosts(measured: readonly Measured[]): Section {
  const show = ({ trips, read_units, write_units }: Cost) =>
    [trips, read_units, write_units].map(round).join(' / ');
  return {
    title: 'Round trips and units',
    note:
      'Trips / read units / write units of a warm instance, as the database reports them; the mean where they differ ' +
      'from request to request. Prices are for a million requests at the list prices of US East (N. Virginia), on ' +
      `demand: USD ${READ_PRICE} for a million read units, USD ${WRITE_PRICE} for a million write units.`,
    body: table(
      ['endpoint', 'measured', 'budget', 'floor', 'what the floor is', 'USD / million'],
      measured.map(({ scenario: { title, budget, floor }, samples }) => {
        const cost = consumed(samples);
        return [title, show(cost), show(budget), show(floor), floor.because, price(cost).toFixed(2)];
      }),
    ),
  };
}

/** Latencies, split into what waits for what. */
export function reportLatency(measured: readonly Measured[]): Section {
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

function measureBcrypt(hash: string): number {
  const times: number[] = [];
  for (let n = 0; n < SLOW_SAMPLES; n++) {
    const start = performance.now();
    compareSync(PASSWORD, hash);
    times.push(performance.now() - start);
  }
  return median(times);
}
