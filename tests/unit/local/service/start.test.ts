import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BASE_PATH } from '../../../../lib/http/routes.ts';
import { root } from '../../../../local/serverless.ts';
import { freePort } from '../../../../local/service/ports.ts';
import { killAll, npmStart, type Place, type Started, survivors } from '../../../support/startedService.ts';

let place: Place;
let service: Started | undefined;
/** Everybody who registered, at whichever start. */
const registered: string[] = [];

beforeAll(async () => {
  const data = await mkdtemp(join(tmpdir(), 'users-api-start-'));
  place = { data, http_port: await freePort(), lambda_port: await freePort() };
});

afterEach(() => {
  if (service) killAll(service);
});

afterAll(async () => {
  await rm(place.data, { recursive: true, force: true });
  await rm(join(root, `.esbuild/test-${place.http_port}`), { recursive: true, force: true });
});

async function register({ origin }: Started, username: string) {
  const password = 'password123';
  const response = await fetch(`${origin}${BASE_PATH}/register/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      username,
      email: `${username}@example.com`,
      password,
      password_confirm: password,
    }),
  });
  expect(response.status).toBe(201);
  registered.push(username);
}

const lines = (started: Started) =>
  started
    .output()
    .split('\n')
    .filter((line) => line.trim());

/** Who has registered, as a service knows that reads the events. */
const namesInEvents = (): string[] =>
  readFileSync(join(place.data, 'events.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).detail.user.username);

/** The lines about requests; events of what happened before may come late. */
const requestLines = (started: Started) => lines(started).filter((line) => line.startsWith('GET '));

async function everybody({ origin }: Started): Promise<string[]> {
  const { users } = (await (await fetch(`${origin}${BASE_PATH}/?ordering=username`)).json()) as {
    users: { username: string }[];
  };
  return users.map(({ username }) => username);
}

/** Ways to end it; closing a terminal signals everything that it started. */
const ends = {
  'closing the terminal': ({ command }) => process.kill(-(command.pid ?? 0), 'SIGHUP'),
  'SIGTERM to npm': ({ command }) => command.kill('SIGTERM'),
  'SIGKILL to npm': ({ command }) => command.kill('SIGKILL'),
  'SIGKILL to the Serverless Framework': ({ serverless }) => process.kill(serverless, 'SIGKILL'),
} satisfies Record<string, (service: Started) => boolean>;

/** Checks that nothing of the service is left. */
async function expectEnd(started: Started) {
  await expect.poll(() => survivors(started), { timeout: 15_000 }).toEqual([]);
  await expect(fetch(started.origin)).rejects.toThrow('fetch failed');
}

const lock = () => existsSync(join(place.data, 'lock.json'));

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  test.each(Object.entries(ends))('%s ends every process; the next start has the data', async (way, end) => {
    service = await npmStart(place);
    expect(await everybody(service)).toEqual(registered);
    await register(service, `user-${registered.length}`);
    end(service);
    await expectEnd(service);
    // Nobody is left to remove it; the next start sees that.
    expect(lock()).toBe(way === 'SIGKILL to the Serverless Framework');
  });

  test('a start ends with a few lines that say where the service answers; a request is one line', async () => {
    service = await npmStart(place);
    const { command, serverless, origin } = service;
    const banner = lines(service);
    expect(banner[0]).toBe('> users-api@0.1.0 start');
    expect(banner.length).toBeLessThan(10);
    expect(banner.at(-1)).toMatch(/^ {2}Data is kept in .*; Ctrl-C stops everything\.$/);

    expect(await everybody(service)).toEqual(registered);
    await fetch(`${origin}${BASE_PATH}/nobody/`);
    await fetch(`${origin}${BASE_PATH}/%zz/`);
    await expect
      .poll(() => requestLines(service as Started))
      .toEqual([
        expect.stringMatching(/^GET \/careers\/users\/\?ordering=username 200 \d+ ms$/),
        expect.stringMatching(/^GET \/careers\/users\/nobody\/ 404 \d+ ms$/),
        expect.stringMatching(/^GET \/careers\/users\/%zz\/ 400 \d+ ms$/),
      ]);
    // Whatever way it ended, events that were not out by then are by now.
    await expect.poll(() => new Set(namesInEvents()), { timeout: 10_000 }).toEqual(new Set(registered));
    process.kill(serverless, 'SIGTERM');
    await expectEnd(service);
    expect(command.exitCode).toBe(0);
    expect(lock()).toBe(false);
  });
});
