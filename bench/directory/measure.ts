/**
 * Measures one instance in a process of its own and prints what it found as JSON. Argument: `load` for the cold load
 * alone, `queries` for the queries too.
 */
import { performance } from 'node:perf_hooks';
import { Directory } from '../../lib/directory/directory.ts';
import { listUsers } from '../../lib/directory/list.ts';
import { ORDERINGS } from '../../lib/directory/search.ts';
import { metered } from '../../lib/table/meter.ts';
import { type User, updateUser } from '../../lib/table/users.ts';
import { invokeFunction } from '../../tests/support/gateway.ts';
import { people } from './people.ts';
import type { ColdLoad, Measured, Timing } from './report.ts';

const base = '/careers/users/';
const [mode, runs = '60', size = '0'] = process.argv.slice(2);

const some = mode === 'queries' ? pickPeople() : [];

const cold = await measureCold();
const measured: Measured = mode === 'queries' ? { cold, ...(await measureWarm()) } : { cold };
process.stdout.write(JSON.stringify(measured));

/** The first reading of a new process. `own_ms` leaves out the time in which it waited for the database. */
async function measureCold(): Promise<ColdLoad> {
  const before = process.memoryUsage.rss();
  const { ms, own_ms, result } = await timed(() =>
    metered(async (units) => ({ units, replica: await new Directory().read() })),
  );
  const { replica, units } = result;
  const figures = { cards: replica.total, bytes: replica.bytes, read_units: units.read_units };
  const memory = {
    rss: process.memoryUsage.rss(),
    rss_before: before,
    rss_peak: process.resourceUsage().maxRSS * 1024,
  };
  replica.close();
  return { ms, own_ms, ...figures, ...memory };
}

async function measureWarm(): Promise<Omit<Measured, 'cold'>> {
  const count = Number(runs);
  await request('');
  const warm = {
    search: [],
    ordering: { by: 'created_at', descending: false },
    batch_size: 10,
    batch_number: 0,
  } as const;
  const directory = new Directory();
  await directory.read();
  const units = await metered(async (consumption) => {
    await listUsers({ ...warm, search: [] }, undefined, directory);
    return { read_units: consumption.read_units, trips: consumption.trips };
  });
  const last = Math.ceil(Number(size) / 10) - 1;
  const orders = ORDERINGS.flatMap((by) => [`ordering=${by}`, `ordering=-${by}`]);
  const timings: Timing[] = [];
  const add = async (label: string, queries: string[], changing: boolean) =>
    timings.push({ label, ...(await repeat(queries, count, changing)) });

  await repeat(orders, 200, false);
  await add('first page, every ordering both ways', orders, false);
  await add(
    'deepest page, every ordering both ways',
    orders.map((order) => `${order}&batch_number=${last}`),
    false,
  );
  const middle = Math.floor(last / 2);
  await add(
    'page in the middle, every ordering both ways',
    orders.map((order) => `${order}&batch_number=${middle}`),
    false,
  );
  await add(
    'selective search (one username)',
    some.map(({ username }) => `search=${username}`),
    true,
  );
  await add(
    'search for first and last name',
    some.map((card) => `search=${encodeURIComponent(`${card.first_name} ${card.last_name}`)}`),
    true,
  );
  await add(
    'broad search (one word of many bios)',
    ['developer', 'engineer', 'based', 'passionate'].map((word) => `search=${word}`),
    true,
  );
  await add(
    'several terms (three words)',
    ['software developer coffee', 'engineer based lisbon', 'loves open source'].map(
      (terms) => `search=${encodeURIComponent(terms)}`,
    ),
    true,
  );
  await add(
    'two letters',
    ['er', 'an', 'ma', 'lo'].map((term) => `search=${term}`),
    true,
  );
  await add(
    'one letter',
    ['e', 'k', 'x', 'é'].map((term) => `search=${encodeURIComponent(term)}`),
    true,
  );
  await add(
    'two letters, ordered by last name, descending',
    ['er', 'an', 'ma', 'lo'].map((term) => `search=${term}&ordering=-last_name`),
    true,
  );
  await add('first_name contains', ['first_name=ma', 'first_name=anna', 'first_name=%C3%A9lo'], true);
  await add('both contains filters', ['first_name=ma&last_name=s', 'first_name=anna&last_name=smith'], true);
  await request('search=er&batch_number=0');
  await add(
    'next pages of a two-letter search',
    Array.from({ length: count }, (_, n) => `search=er&batch_number=${n}`),
    false,
  );
  return { timings, units };
}

/** Runs the queries in turn; `changing`: with a profile change before each, so that no search is remembered. */
async function repeat(queries: string[], count: number, changing: boolean): Promise<Omit<Timing, 'label'>> {
  const times: { ms: number; own_ms: number }[] = [];
  for (let n = 0; n < count; n++) {
    if (changing) await changeSomebody(n);
    times.push(await timed(() => request(queries[n % queries.length] ?? '')));
  }
  const own = times.map(({ own_ms }) => own_ms).sort((a, b) => a - b);
  const all = times.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (sorted: number[], part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { p50: at(own, 0.5), p99: at(own, 0.99), total_p50: at(all, 0.5), total_p99: at(all, 0.99) };
}

async function request(query: string): Promise<void> {
  const { status } = await invokeFunction({ method: 'GET', path: `${base}?${query}` });
  if (status !== 200) throw new Error(`${query} answered ${status}.`);
}

/** Some fifty people with names, from all over the directory. */
function pickPeople(): User[] {
  const step = Math.ceil(Number(size) / 50);
  return [...people(Number(size))].filter(({ first_name, id }) => first_name !== '' && id % step === 7);
}

async function changeSomebody(n: number): Promise<void> {
  const somebody = some[n % some.length];
  if (!somebody) throw new Error('There is nobody.');
  await updateUser(somebody, { avatar: `https://cdn.example.com/avatars/new-${n}.jpg` }, Date.now());
}

/** `own_ms`: without the time in which the process had nothing to do, since it waited for the database. */
async function timed<T>(work: () => Promise<T>) {
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  return { ms, own_ms: performance.eventLoopUtilization(before).active, result };
}
