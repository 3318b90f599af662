import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../../../local/serverless.ts';
import { freePort } from '../../../../local/service/database.ts';
import { killAll, npmStart, type Place, type Started, survivors } from '../../../support/npmStart.ts';

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

async function register(url: string, username: string) {
  const password = 'password123';
  const response = await fetch(`${url}/register/`, {
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

async function everybody(url: string): Promise<string[]> {
  const { users } = (await (await fetch(`${url}/?ordering=username`)).json()) as {
    users: { username: string }[];
  };
  return users.map(({ username }) => username);
}

/** Ways to end it, by whom the signal goes to; a terminal and Ctrl-C signal the whole process group. */
const ends = {
  'SIGTERM to npm': ({ npm }) => npm.kill('SIGTERM'),
  'SIGKILL to npm': ({ npm }) => npm.kill('SIGKILL'),
  'SIGTERM to the Serverless Framework': ({ serverless }) => process.kill(serverless, 'SIGTERM'),
  'SIGKILL to the Serverless Framework': ({ serverless }) => process.kill(serverless, 'SIGKILL'),
  'SIGHUP to the Serverless Framework': ({ serverless }) => process.kill(serverless, 'SIGHUP'),
  'closing the terminal': ({ npm }) => process.kill(-(npm.pid ?? 0), 'SIGHUP'),
  'Ctrl-C': ({ npm }) => process.kill(-(npm.pid ?? 0), 'SIGINT'),
} satisfies Record<string, (service: Started) => boolean>;

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  test.each(Object.entries(ends))('%s ends every process; the next start has the data', async (way, end) => {
    service = await npmStart(place);
    expect(await everybody(service.url)).toEqual(registered);
    await register(service.url, `user-${registered.length}`);
    end(service);
    await expect.poll(() => survivors(service as Started), { timeout: 8000 }).toEqual([]);
    await expect(fetch(service.url)).rejects.toThrow('fetch failed');
    expect(existsSync(join(place.data, 'lock.json'))).toBe(way === 'SIGKILL to the Serverless Framework');
  });
});
