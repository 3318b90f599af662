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
import { milliseconds, number, type Row, table, writeReport } from './harness/report.ts';
import { mean, percentile } from './harness/statistics.ts';
import { type Answer, atRate, Client, Tally, withoutPause } from './hostile/clients.ts';
import { type RequestLine, Service } from './hostile/service.ts';
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
const LIST_RATE = 4;
const LOGIN_RATE = 0.5;
const WARM_UP = 10_000;
/** Until the crowd has made the service start all the instances that it needs. */
const RAMP = 20_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, users: { type: 'string', default: '3000' } },
});
const random = seededRandom(Date.now());

await using environment = await prepareEnvironment();
const { env } = await environment.addTable(LOCAL_TABLE);
await using service = await Service.start({ ...env, ...LIMITS, LOCAL_DATA: environment.folder });
const crowd = await prepareCrowd();
const honest = new Client(service.port, HONEST);

const devices = await Promise.all(crowd.people.map(({ username }) => logIn(username, '')));
await listFor(WARM_UP);
const quiet = await listFor(WARM_UP);
const memory_before = service.memory;
const hostile = { changes: new Tally(), junk: new Tally(), searches: new Tally() };
const logins = new Tally();
const attack = new AbortController();
const began = performance.now();
const attackers = startAttack(attack.signal);
await listFor(RAMP);
const memory_ramp = service.memory;
const measured = await listFor(Number(values.minutes) * 60_000, logins);
const memory_after = service.memory;
attack.abort();
await attackers;
const seconds = (performance.now() - began) / 1000;
const after = await listFor(WARM_UP);

await writeReport('hostile.md', {
  title: 'A hostile crowd',
  command: `npm run bench:hostile -- --minutes ${values.minutes}`,
  sections: [
    {
      title: 'What others notice',
      note:
        `The local service of ${values.users} people, limits as in production, under ${ACCOUNTS} accounts with maximal ` +
        `cards that change without pause, ${JUNK_RATE} junk logins a second and searches without end, none like another. Others ` +
        `ask for ${LIST_RATE} lists a second, of which half are signed in, and log in on devices that have logged in before. ` +
        'Times are `own_ms` of the log of the service, the processor time of the thread that served: crowd, service and ' +
        'database share the machine, so that how long a request waits for them says little.',
      body: table(
        ['lists of others', 'answered', 'p50 ms', 'p99 ms', 'read units, mean', 'p99', 'most'],
        [row('before', quiet), row('meanwhile', measured), row('after', after)],
      ),
    },
    {
      title: 'What the crowd got',
      note: 'Answers by their status.',
      body: table(
        ['who', 'answers', 'a second', 'by status'],
        [
          ...Object.entries(hostile).map(([who, tally]) => [
            who,
            number(tally.total),
            number(tally.total / seconds, 1),
            tally.toString(),
          ]),
          ['logins of others', number(logins.total), LOGIN_RATE, logins.toString()],
        ],
      ),
    },
    {
      title: 'The process of the service',
      note: 'All functions in one process, each with as many instances as there were requests at once.',
      body: table(
        ['', 'value'],
        [
          ['memory before, MB', number(memory_before / 2 ** 20)],
          [`memory after ${RAMP / 1000} s of it, MB`, number(memory_ramp / 2 ** 20)],
          ['memory at the end, MB', number(memory_after / 2 ** 20)],
          ...[...service.events].map(([name, count]) => [`\`${name}\` in the log`, number(count)]),
        ],
      ),
    },
  ],
});

async function prepareCrowd(): Promise<Crowd> {
  const configuration = `http://${HONEST}:${service.port}${BASE_PATH}/.well-known/openid-configuration`;
  const { issuer } = (await (await fetch(configuration)).json()) as { issuer: string };
  const file = join(import.meta.dirname, 'steps/crowd.ts');
  await using step = new Child(file, [values.users, `${ACCOUNTS}`], { ...env, ISSUER: issuer });
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

/** Asks for lists as people do, for so many milliseconds, and logs in if that is to be counted. */
async function listFor(time: number, tally?: Tally): Promise<(RequestLine | undefined)[]> {
  const signal = AbortSignal.timeout(time);
  const answers: Answer[] = [];
  const paths = [
    '/',
    '/?batch_number=3',
    '/?search=developer',
    '/?search=an&ordering=-last_name',
    '/?first_name=ma',
  ];
  const list = async (n: number) => {
    const token = n % 2 ? crowd.people[n % crowd.people.length]?.access : undefined;
    answers.push(await honest.send(make('GET', paths[n % paths.length] ?? '/', undefined, token)));
  };
  const logInAgain = async (n: number) => {
    const position = n % crowd.people.length;
    tally?.count(
      (await logIn(crowd.people[position]?.username ?? '', devices[position]?.device ?? '')).answer,
    );
  };
  await Promise.all([atRate(LIST_RATE, signal, list), tally && atRate(LOGIN_RATE, signal, logInAgain)]);
  // The log comes a little later than the answer.
  await sleep(500);
  return answers.map(({ status, request_id }) =>
    status === 200 ? service.requests.get(request_id) : undefined,
  );
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

function row(label: string, lines: readonly (RequestLine | undefined)[]): Row {
  const found = lines.filter((line) => line !== undefined);
  const times = found.map(({ own_ms }) => own_ms);
  const units = found.map(({ read_units }) => read_units);
  return [
    label,
    `${number(found.length)} of ${number(lines.length)}`,
    ...[0.5, 0.99].map((share) => milliseconds(percentile(times, share))),
    number(mean(units), 1),
    number(percentile(units, 0.99), 1),
    number(Math.max(...units), 1),
  ];
}
