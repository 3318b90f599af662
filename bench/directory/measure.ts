/**
 * Measures one instance in a process of its own and prints what it found as JSON. Argument: `load` for the cold load
 * alone, `queries` for the queries too.
 */
import * as v from 'valibot';
import { Directory } from '../../lib/directory/directory.ts';
import { listUsers } from '../../lib/directory/list.ts';
import { DirectoryQuery, ORDERINGS } from '../../lib/directory/query.ts';
import { metered } from '../../lib/meter.ts';
import { type User, updateUser } from '../../lib/table/users.ts';
import { invokeFunction } from '../../tests/support/gateway.ts';
import { people } from './people.ts';
import type { ColdLoad, Measured, Timing } from './report.ts';

const [mode, runs = '60', size = '0'] = process.argv.slice(2);

const ORDERS = ORDERINGS.flatMap((by) => [`ordering=${by}`, `ordering=-${by}`]);
const WORDS = (
  'developer engineer based passionate software loves curious always former learning looking opportunities years open ' +
  'work about data product manager designer backend student teacher coffee hiking machine systems source'
).split(' ');
const LETTER_PAIRS = 'er an ma lo in on re or ti en al ar te st io ra ha le ne es sa ve se ol'.split(' ');
const LETTERS = 'e a i o n r s t l d m u c p b g h k v w y f j z'.split(' ');
const some = mode === 'queries' ? pickPeople() : [];

const cold = await measureCold();
const measured: Measured = mode === 'queries' ? { cold, ...(await measureWarm()) } : { cold };
process.stdout.write(JSON.stringify(measured));

/** The first reading of a new process. */
async function measureCold(): Promise<ColdLoad> {
  const { ms, own_ms, result } = await timed(() =>
    metered(async (units) => ({ units, replica: await new Directory().read() })),
  );
  const { replica, units } = result;
  const figures = { cards: replica.total, bytes: replica.bytes, read_units: units.read_units };
  const memory = { rss: process.memoryUsage.rss(), rss_peak: process.resourceUsage().maxRSS * 1024 };
  replica.close();
  return { ms, own_ms, ...figures, ...memory };
}

async function measureWarm(): Promise<Omit<Measured, 'cold'>> {
  const count = Number(runs);
  const last = Math.ceil(Number(size) / 10) - 1;
  const timings: Timing[] = [];
  const add = async (
    label: string,
    queries: string[],
    before?: (run: number) => Promise<void>,
    times = count,
  ) => timings.push({ label, ...(await repeat(queries, times, before)) });

  // Until the compiler has seen everything often enough.
  await repeat(ORDERS, 500);
  await repeat(['search=warm', 'search=up', 'first_name=warm'], 60);
  const units = await measureUnits();
  const page = (number: number) => ORDERS.map((order) => `${order}&batch_number=${number}`);
  await add('first page, every ordering both ways', ORDERS);
  await add('deepest page, every ordering both ways', page(last));
  await add('page in the middle, every ordering both ways', page(Math.floor(last / 2)));
  await add('selective search (a username)', inEveryOrder(some.map(({ username }) => `search=${username}`)));
  await add('selective search (first and last name)', inEveryOrder(some.map(fullName)));
  await add('broad search (a word of many bios)', inEveryOrder(WORDS.map((word) => `search=${word}`)));
  await add('three words', inEveryOrder(WORDS.map((word, n) => `search=${word}+${WORDS[n + 3]}+based`)));
  await add('two letters', inEveryOrder(LETTER_PAIRS.map((letters) => `search=${letters}`)));
  await add('one letter', inEveryOrder(LETTERS.map((letter) => `search=${letter}`)));
  await add('first_name contains', inEveryOrder(LETTER_PAIRS.map((letters) => `first_name=${letters}`)));
  const both = LETTER_PAIRS.map(
    (letters, n) => `first_name=${letters}&last_name=${LETTERS[n % LETTERS.length]}`,
  );
  await add('both contains filters', inEveryOrder(both));
  const next = Array.from({ length: count }, (_, n) => `search=e&batch_number=${n}`);
  await request('search=e');
  await add('next pages of a one-letter search', next);
  await add('first page after a profile change', ORDERS, changeSomebody, 16);
  await add(
    'two letters after a profile change',
    inEveryOrder(['search=er', 'search=an']),
    changeSomebody,
    16,
  );
  return { timings, units };
}

async function measureUnits() {
  const directory = new Directory();
  await directory.read();
  return metered(async (consumption) => {
    await listUsers(v.parse(DirectoryQuery, {}), undefined, directory);
    return { read_units: consumption.read_units, trips: consumption.trips };
  });
}

/** Runs the queries in turn, `before` before each. */
async function repeat(queries: string[], count: number, before?: (run: number) => Promise<void>) {
  const times: { ms: number; own_ms: number }[] = [];
  for (let n = 0; n < count; n++) {
    await before?.(n);
    times.push(await timed(() => request(queries[n % queries.length] ?? '')));
  }
  const own = times.map(({ own_ms }) => own_ms).sort((a, b) => a - b);
  const all = times.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (sorted: number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  return { p50: at(own, 0.5), p99: at(own, 0.99), total_p50: at(all, 0.5) };
}

async function request(query: string): Promise<void> {
  const { status } = await invokeFunction({ method: 'GET', path: `/careers/users/?${query}` });
  if (status !== 200) throw new Error(`${query} answered ${status}.`);
}

/** Each query in each order: four searches that have nothing of one another to remember. */
function inEveryOrder(queries: string[]): string[] {
  return ORDERINGS.flatMap((by) => queries.map((query) => `${query}&ordering=${by}`));
}

function fullName({ first_name, last_name }: User): string {
  return `search=${encodeURIComponent(`${first_name} ${last_name}`)}`;
}

/** Some fifty people with names, from all over the directory. */
function pickPeople(): User[] {
  const step = Math.ceil(Number(size) / 50);
  return [...people(Number(size))].filter(({ first_name, id }) => first_name !== '' && id % step === 7);
}

async function changeSomebody(run: number): Promise<void> {
  const somebody = some[run % some.length];
  if (!somebody) throw new Error('There is nobody.');
  await updateUser(somebody, { avatar: `https://cdn.example.com/avatars/new-${run}.jpg` }, Date.now());
}

/** `own_ms`: how long the thread worked, so without its waits for the database and for a core. */
async function timed<T>(work: () => Promise<T>) {
  const before = process.threadCpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { ms, own_ms: (user + system) / 1000, result };
}
