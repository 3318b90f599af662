import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Budget, budgets, type Cost, meanCost, type Title } from '../../bench/budgets.ts';
import { preparePeople } from '../../bench/endpoints/people.ts';
import { type Scenario, scenarios } from '../../bench/endpoints/scenarios.ts';
import type { Invocable } from '../../bench/harness/instances.ts';
import { routes } from '../../lib/http/routes.ts';
import { root } from '../../local/serverless.ts';
import { exchange, get, post } from '../support/api.ts';
import { deliver } from '../support/events.ts';
import { captureLogs } from '../support/output.ts';
import { uniqueName } from '../support/users.ts';

const titles = Object.keys(budgets) as Title[];

const names = new Set<string>(Object.values(budgets).map(({ name }) => name));

const KINDS = ['trips', 'read_units', 'write_units'] as const;

/** Follows share a lease of ids, 20 each. */
const REQUESTS = 20;
const SLOW_REQUESTS = 2;

const QUIET = { advance() {}, finish() {} };

/** What the database says that requests consumed, and how often they waited for it, by what was asked. */
const costs = new Map<Title, Cost>();

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

/** The first request of an instance pays for what it keeps, so it does not count. */
async function measure({ title, slow, request }: Scenario) {
  await succeed(request(0));
  const cost = await costOf(async () => {
    for (let n = 1; n <= (slow ? SLOW_REQUESTS : REQUESTS); n++) await succeed(request(n));
  });
  costs.set(title, cost);
}

beforeAll(async () => {
  for (const scenario of scenarios(await preparePeople(200, QUIET))) await measure(scenario);
  const failed = { username: uniqueName(), password: 'wrong password' };
  const fail = () => post('/login/', failed);
  costs.set('login, wrong password', await costOf(fail));
  while ((await fail()).status !== 429);
  costs.set('login, throttled', await costOf(fail));
});

const isWithin = (cost: Cost, budget: Budget) => KINDS.every((kind) => cost[kind] <= budget[kind] + 1e-9);

test.each(titles)('%s: costs no more than its budget', (title) => {
  const { [title]: budget } = budgets;
  expect(costs.get(title)).toSatisfy((cost: Cost) => isWithin(cost, budget), JSON.stringify(budget));
});

test.each(Object.entries(routes).filter(([name]) => !names.has(name)))(
  '%s: has no budget, and costs nothing',
  async (_, { path }) => {
    const { trips } = await costOf(async () => expect((await get(path)).status).toBe(200));
    expect(trips).toBe(0);
  },
);

describe.each(['README.md', 'docs/operations.md'])('%s', (file) => {
  const rows = readCosts(file);

  test('shows nothing that has no budget, and nothing dearer than its budget', () => {
    expect(rows.filter(({ title, cost }) => !budgets[title] || !isWithin(cost, budgets[title]))).toEqual([]);
  });

  test('shows every function that has a budget', () => {
    expect(new Set(rows.map(({ title }) => budgets[title]?.name))).toEqual(names);
  });
});

/**
 * The table under "What it costs", a row for each title: `list, anonymous / signed in` stands for two, and so do the
 * figures of that row, unless there is only one. `7–11.5` is at most 11.5.
 */
function readCosts(file: string): { title: Title; cost: Cost }[] {
  const sections = readFileSync(join(root, file), 'utf8').split(/^## /m);
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
      return { title: (subject ? `${subject}, ${variant}` : variant) as Title, cost };
    });
  });
}
