/**
 * Lets a crowd loose on the local service, with limits as in production, and measures what others notice of it: `npm run
 * bench:hostile`, with `--minutes 1` for trying. Keeps a Markdown report in bench/results/hostile.md.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BASE_PATH } from '../lib/http/routes.ts';
import { seededRandom } from '../local/seed/random.ts';
import { LOCAL_TABLE } from '../local/service/table.ts';
import { heavyText, maximalProfile } from '../tests/support/directoryCrowd.ts';
import type { Request } from '../tests/support/gateway.ts';
import { Child } from './harness/child.ts';
import { prepareEnvironment } from './harness/environment.ts';
import type { Sample } from './harness/instance.ts';
import { Instance } from './harness/instances.ts';
import { milliseconds, number, type Row, table, writeReport } from './harness/report.ts';
import { mean, percentile } from './harness/statistics.ts';
import { type Answer, atRate, Client, Tally, withoutPause } from './hostile/clients.ts';
import { Service } from './hostile/service.ts';
import type { Crowd } from './steps/crowd.ts';

/** As serverless.yml deploys them. */
const LIMITS = {
  REGISTRATIONS_PER_HOUR: '60',
  REGISTRATIONS_PER_DAY: '300',
  PROFILE_CHANGES: '60',
  NETWORK_FAILURES: '300',
};

const ACCOUNTS = 1000;
const CHANGERS = 8;
const SEARCHERS = 2;
const JUNK_RATE = 100;
/** Where junk comes from: addresses of this machine that are not the others'. */
const JUNK_ADDRESSES = Array.from({ length: 20 }, (_, n) => `127.0.9.${n + 1}`);

const HONEST = '127.0.0.1';
const CROWD = '127.0.8.1';
/** Lists a second, asked of the service and of an instance by itself. */
const LIST_RATE = 2;
const LOGIN_RATE = 0.5;
const QUIET = 10_000;
const PATHS = [
  '/',
  '/?batch_number=3',
  '/?search=developer',
  '/?search=an&ordering=-last_name',
  '/?first_name=ma',
  '/?search=nurse+vienna',
];

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, users: { type: 'string', default: '3000' } },
});
const minutes = Number(values.minutes);
const random = seededRandom(Date.now());

await using environment = await prepareEnvironment();
const { env } = await environment.addTable(LOCAL_TABLE);
Object.assign(env, LIMITS);
await using service = await Service.start({ ...env, LOCAL_DATA: environment.folder });
env.ISSUER = service.issuer;
Object.assign(process.env, env);
const crowd = await prepareCrowd();
const honest = new Client(service.port, HONEST);
await using instance = new Instance('listUsers');
await instance.invoke(PATHS.map((path) => make('GET', path)));

const devices = await Promise.all(crowd.people.map(({ username }) => logIn(username, '')));
const before = await observe(QUIET);
const hostile = { changes: new Tally(), junk: new Tally(), searches: new Tally() };
const logins = new Tally();
const attack = new AbortController();
const attackers = startAttack(attack.signal);
const meanwhile = await observe(minutes * 60_000, logins);
attack.abort();
await attackers;
const after = await observe(QUIET);
honest.close();

await writeReport('hostile.md', {
  title: 'A hostile crowd',
  command: `npm run bench:hostile -- --minutes ${values.minutes}`,
  sections: [
    {
      title: 'What others notice',
      note:
        `${number(Number(values.users))} people, limits as in production; against them ${number(ACCOUNTS)} accounts with ` +
        `maximal cards that change without pause, ${JUNK_RATE} junk logins a second, and searches without end, none like ` +
        `another, all at the local service. Meanwhile others ask one warm instance of listUsers, in a process of its own over ` +
        `the same table, for ${LIST_RATE} lists a second, half of them signed in. "Own" is its processor time; the rest of "all" ` +
        'it waited for the embedded database and for its turn, since everything shares the machine.',
      body: table(
        ['lists of others', 'number', 'own p50, ms', 'own p99', 'all p50', 'read units, mean', 'p99', 'most'],
        Object.entries({ before, meanwhile, after }).map(([label, { lists }]) => listRow(label, lists)),
      ),
    },
    {
      title: 'The same through the local service',
      note:
        'As many lists and the logins of others, on devices that have logged in before, over HTTP; `duration_ms` of the ' +
        "service's own log. All functions are threads of one process here, which the crowd keeps busy: on Lambda, others' " +
        'requests would have processors of their own. Includes the first lists of new instances, which load the directory.',
      body: table(
        ['', 'answers', 'by status', 'p50 ms', 'p99 ms'],
        [
          ...Object.entries({ before, meanwhile, after }).map(([label, { served }]) =>
            servedRow(label, served),
          ),
          ['logins meanwhile', number(logins.total), logins.toString(), '', ''],
        ],
      ),
    },
    {
      title: 'What the crowd got',
      note: 'Answers by their status.',
      body: table(
        ['', 'answers', 'a second', 'by status'],
        Object.entries(hostile).map(([what, tally]) => [
          what,
          number(tally.total),
          number(tally.total / (minutes * 60), 1),
          tally.toString(),
        ]),
      ),
    },
    {
      title: 'Memory',
      note: 'In MB. The service has as many instances of every function as there were requests at once.',
      body: table(
        ['', 'before', 'at the end', 'after'],
        [
          ['the instance of listUsers', before, meanwhile, after].map((phase) =>
            typeof phase === 'string' ? phase : number(phase.rss / 2 ** 20),
          ),
          ['the whole local service', before, meanwhile, after].map((phase) =>
            typeof phase === 'string' ? phase : number(phase.service_rss / 2 ** 20),
          ),
        ],
      ),
    },
  ],
});

async function prepareCrowd(): Promise<Crowd> {
  const file = join(import.meta.dirname, 'steps/crowd.ts');
  await using step = new Child(file, [values.users, `${ACCOUNTS}`], env);
  return await step.ask<Crowd>();
}

function startAttack(signal: AbortSignal): Promise<unknown> {
  const changer = new Client(service.port, CROWD, CHANGERS);
  const searcher = new Client(service.port, CROWD, SEARCHERS);
  const junk = JUNK_ADDRESSES.map((address) => new Client(service.port, address));
  const change = async (n: number) => {
    const request = make('PATCH', '/me/update/', maximalProfile(random), crowd.hostile[n % ACCOUNTS]);
    hostile.changes.count(await changer.send(request));
  };
  const search = async (n: number) => {
    const term = n % 2 ? `e ${n}` : heavyText(random, 60);
    hostile.searches.count(await searcher.send(make('GET', `/?search=${encodeURIComponent(term)}`)));
  };
  const guess = async (n: number) => {
    const name = n % 2 ? `nobody-${n}` : crowd.people[n % crowd.people.length]?.username;
    const request = make('POST', '/login/', { username: name, password: `guess ${n}` });
    const client = junk[n % junk.length];
    if (client) hostile.junk.count(await client.send(request));
  };
  return Promise.all([
    withoutPause(CHANGERS, signal, change),
    withoutPause(SEARCHERS, signal, search),
    atRate(JUNK_RATE, signal, guess),
  ]).finally(() => {
    for (const client of [changer, searcher, ...junk]) client.close();
  });
}

/** What others met with for some time. */
interface Observed {
  lists: Sample[];
  served: { status: number; ms: number | undefined }[];
  /** Bytes. */
  rss: number;
  service_rss: number;
}

/** Asks for lists as people do, for so many milliseconds, and logs in if that is to be counted. */
async function observe(time: number, tally?: Tally): Promise<Observed> {
  const signal = AbortSignal.timeout(time);
  const lists: Sample[] = [];
  const answers: Answer[] = [];
  let rss = 0;
  const request = (n: number) => {
    const token = n % 2 ? crowd.people[n % crowd.people.length]?.access : undefined;
    return make('GET', PATHS[Math.floor(n / 2) % PATHS.length] ?? '/', undefined, token);
  };
  const askInstance = async (n: number) => {
    const done = await instance.invoke([request(n)]).catch(() => undefined);
    lists.push(...(done?.samples ?? []));
    rss = done?.rss ?? rss;
  };
  const askService = async (n: number) => answers.push(await honest.send(request(n)));
  const logInAgain = async (n: number) => {
    const position = n % crowd.people.length;
    tally?.count(
      (await logIn(crowd.people[position]?.username ?? '', devices[position]?.device ?? '')).answer,
    );
  };
  await Promise.all([
    // One at a time, or their processor times could not be told apart.
    atRate(LIST_RATE, signal, askInstance, 1),
    atRate(LIST_RATE, signal, askService),
    tally && atRate(LOGIN_RATE, signal, logInAgain),
  ]);
  const service_rss = service.memory;
  // The log comes a little later than the answer.
  await sleep(500);
  const ms = ({ request_id }: Answer) => service.requests.get(request_id)?.duration_ms;
  const served = answers.map((answer) => ({ status: answer.status, ms: ms(answer) }));
  return { lists, served, rss, service_rss };
}

async function logIn(username: string, device_token: string) {
  const answer = await honest.send(
    make('POST', '/login/', { username, password: crowd.password, device_token }),
  );
  const device: string = answer.status === 200 ? JSON.parse(answer.body).device_token : '';
  return { answer, device };
}

function make(method: string, path: string, body?: object, token?: string): Request {
  return {
    method,
    path: `${BASE_PATH}${path}`,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  };
}

function listRow(label: string, lists: readonly Sample[]): Row {
  const own = lists.map((list) => list.own);
  const units = lists.map(({ read_units }) => read_units);
  const total = lists.map((list) => list.total);
  return [
    label,
    number(lists.length),
    ...[0.5, 0.99].map((share) => milliseconds(percentile(own, share))),
    milliseconds(percentile(total, 0.5)),
    number(mean(units), 1),
    number(percentile(units, 0.99), 1),
    number(Math.max(...units), 1),
  ];
}

function servedRow(label: string, served: Observed['served']): Row {
  const times = served.flatMap(({ ms }) => ms ?? []);
  const statuses = new Tally();
  for (const { status } of served) statuses.count({ status });
  const spread = [0.5, 0.99].map((share) => milliseconds(percentile(times, share)));
  return [`lists ${label}`, number(served.length), statuses.toString(), ...spread];
}
