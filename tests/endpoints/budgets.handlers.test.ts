import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { preparePeople } from '../../bench/endpoints/people.ts';
import { type Cost, MAIL, meanCost, type Scenario, scenarios } from '../../bench/endpoints/scenarios.ts';
import type { Invocable } from '../../bench/harness/instances.ts';
import { routes } from '../../lib/http/routes.ts';
import { root } from '../../local/serverless.ts';
import { exchange, get, post } from '../support/api.ts';
import { deliver } from '../support/events.ts';
import { captureLogs } from '../support/output.ts';
import { uniqueName } from '../support/users.ts';

const KINDS = ['trips', 'read_units', 'write_units'] as const;

/** Follows share a lease of ids, 20 each. */
const REQUESTS = 20;
const SLOW_REQUESTS = 2;

const QUIET = { advance() {}, finish() {} };

const all = scenarios(await preparePeople(300, QUIET));
const names = new Set<string>(all.map(({ budget }) => budget.name));
const budgets = new Map<string, Cost>(all.map(({ title, budget }) => [title, budget]));

/** What the database says that requests consumed, and how often they waited for it, by what was asked. */
const costs = new Map<string, Cost>();

/** The mean cost of what runs, from the log. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const { lines } = await captureLogs(work);
  return meanCost(lines.filter((line) => 'trips' in line) as unknown as Cost[]);
}

async function succeed(request: Invocable) {
  if ('event' in request) return deliver(request.event);
  const answer = await exchange(request);
  expect(answer.status, answer.text).toBeLessThan(300);
}

/** Whether the instances from here on are told that mail is sent. */
function sendMail(is_sent: boolean): void {
  const told = is_sent ? MAIL : { MAIL_FROM: '', APP_URL: '' };
  if (process.env.MAIL_FROM === told.MAIL_FROM) return;
  Object.assign(process.env, told);
  vi.resetModules();
}

/** The first request of an instance pays for what it keeps, so it does not count. */
async function measure({ title, slow, request, with_mail }: Scenario) {
  sendMail(with_mail);
  await succeed(request(0));
  const cost = await costOf(async () => {
    for (let n = 1; n <= (slow ? SLOW_REQUESTS : REQUESTS); n++) await succeed(request(n));
  });
  costs.set(title, cost);
}

beforeAll(async () => {
  for (const scenario of all) await measure(scenario);
});

const isWithin = (cost: Cost | undefined, budget: Cost | undefined) =>
  KINDS.every((kind) => (cost?.[kind] ?? Number.NaN) <= (budget?.[kind] ?? Number.NaN) + 1e-9);

test.each([...budgets])('%s: costs no more than its budget', (title, budget) => {
  expect(costs.get(title)).toSatisfy((cost: Cost) => isWithin(cost, budget), JSON.stringify(budget));
});

test('a login that fails, or is throttled, costs no more than what it counts', async () => {
  const failed = { username: uniqueName(), password: 'wrong password' };
  const fail = () => post('/login/', failed);
  expect(await costOf(fail)).toEqual({ trips: 2, read_units: 2.5, write_units: 3 });
  while ((await fail()).status !== 429);
  expect(await costOf(fail)).toEqual({ trips: 1, read_units: 2.5, write_units: 0 });
});

test.each(Object.entries(routes).filter(([name]) => !names.has(name)))(
  '%s: has no budget, and costs nothing',
  async (_, { path }) => {
    const { trips } = await costOf(async () => expect((await get(path)).status).toBe(200));
    expect(trips).toBe(0);
  },
);

test('README shows nothing that has no budget, and nothing dearer than its budget', () => {
  expect(readCosts().filter(({ title, cost }) => !isWithin(cost, budgets.get(title)))).toEqual([]);
});

/**
 * README's table under "What it costs", a row for each title: `list, anonymous / signed in` stands for two, and so do the
 * figures of that row, unless there is only one. `7–11.5` is at most 11.5.
 */
function readCosts(): { title: string; cost: Cost }[] {
  const sections = readFileSync(join(root, 'README.md'), 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith('What it costs')) ?? '';
  const [head = [], _, ...rows] = [...section.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
    row.split(' | ').map((cell) => cell.trim()),
  );
  return rows.flatMap(([label = '', ...cells]) => {
    const [subject, variants] = label.includes(', ') ? label.split(', ') : [undefined, label];
    return (variants ?? '').split(' / ').map((variant, n) => {
      const figure = (column: string) => {
        const figures = (cells[head.indexOf(column) - 1] ?? '').split(' / ');
        return Number((figures[n] ?? figures[0] ?? '').split('–').at(-1));
      };
      const cost = {
        trips: figure('trips'),
        read_units: figure('read units'),
        write_units: figure('write units'),
      };
      return { title: subject ? `${subject}, ${variant}` : variant, cost };
    });
  });
}
