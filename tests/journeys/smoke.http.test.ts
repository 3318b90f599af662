import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, inject, test } from 'vitest';
import { root } from '../../local/serverless.ts';
import { smoke } from '../../local/smoke/smoke.ts';
import { notWalked } from '../../local/smoke/walk.ts';
import { type Passing, startDistortingProxy } from '../support/distortingProxy.ts';

const proxy = await startDistortingProxy(inject('service'));
afterAll(proxy.stop);

/** What went wrong, as `<name>: <sentence>`. */
const failures = async () =>
  (await smoke(proxy.url))
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ name, says }) => `${name}: ${says}`);

test('it walks through every endpoint', () => {
  expect(notWalked()).toEqual([]);
});

test('a service that is right passes, and every line names a request', async () => {
  const command = join(root, 'local/smoke/command.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [command, '--url', inject('service')]);
  expect(stdout).toMatch(/\d+ passed, 0 failed, \d+ skipped\n$/);
  const passed = stdout.split('\n').filter((line) => line.startsWith('✓'));
  expect(passed.length).toBeGreaterThan(30);
  for (const line of passed) expect(line).toMatch(/ \d+ ms +[\w-]{20,}$/);
});

type Fault = [title: string, distort: (passing: Passing) => void, says: RegExp];

const json = (passing: Passing, change: (body: Record<string, unknown>) => void) => {
  const body = JSON.parse(passing.body);
  change(body);
  passing.body = JSON.stringify(body);
};

const isAt = ({ path }: Passing, wanted: string) => path.split('?')[0] === wanted;

const FAULTS: Fault[] = [
  [
    'an endpoint that fails',
    (passing) => {
      if (isAt(passing, '/me/stats/')) passing.status = 500;
    },
    /^getMyStats: GET \/me\/stats\/ answers 500, not 200\.$/,
  ],
  [
    'answers without their ids',
    (passing) => {
      delete passing.headers['x-request-id'];
    },
    /answers without a right x-request-id\.$/,
  ],
  [
    'slashes that matter',
    (passing) => {
      if (isAt(passing, '/docs')) passing.status = 404;
    },
    /^A path answers alike .*: GET \/docs answers 404, not 200\.$/,
  ],
  [
    'a gateway that answers in its own words',
    (passing) => {
      if (!passing.path.includes('nowhere')) return;
      Object.assign(passing, { status: 403, body: '{"message":"Missing Authentication Token"}' });
    },
    /^An address that nothing answers .*: GET http.*\/nowhere answers 403, not 404\.$/,
  ],
  [
    'preflights that forbid tokens',
    (passing) => {
      if (passing.method === 'OPTIONS') passing.headers['access-control-allow-headers'] = 'content-type';
    },
    /^A browser on another site .*: A preflight does not allow the header authorization\.$/,
  ],
  [
    'another issuer',
    (passing) => {
      if (passing.path.includes('openid'))
        json(passing, (body) => Object.assign(body, { issuer: 'https://else' }));
    },
    /^getOpenidConfiguration: The issuer of tokens is https:\/\/else/,
  ],
  [
    'a list that is late',
    (passing) => {
      if (passing.path.startsWith('/?search=smoke-'))
        json(passing, (body) => Object.assign(body, { users: [] }));
    },
    /^listUsers: The list does not find a user who has just registered\.$/,
  ],
  [
    'counts that stand still',
    (passing) => {
      if (isAt(passing, '/me/stats/')) json(passing, (body) => Object.assign(body, { followers_count: 0 }));
    },
    /^getMyStats: The counts do not show the follow\.$/,
  ],
  [
    'logouts without an effect',
    (passing) => {
      if (isAt(passing, '/token/refresh/') && passing.status === 401) {
        Object.assign(passing, { status: 200, body: '{"access":"still"}' });
      }
    },
    /^logout: POST \/token\/refresh\/ answers 200, not 401\.$/,
  ],
  [
    'a failure in another shape',
    (passing) => {
      if (passing.status === 405) passing.headers['content-type'] = 'text/html';
    },
    /^Another method .*: PUT \/me\/ fails as text\/html, not as application\/problem\+json\.$/,
  ],
  [
    'large bodies that are let in',
    (passing) => {
      if (passing.status === 413) Object.assign(passing, { status: 502, body: '{}' });
    },
    /^A body above 64 kB .*: POST \/login\/ answers 502, not 413\.$/,
  ],
  [
    'an address that is shown to everybody',
    (passing) => {
      if (passing.path.startsWith('/SMOKE-')) json(passing, (body) => Object.assign(body, { email: 'x' }));
    },
    /^getUser: The profile shows the email address to everybody\.$/,
  ],
  [
    'lists that caches keep',
    (passing) => {
      if (isAt(passing, '/')) passing.headers['cache-control'] = 'max-age=60';
    },
    /^Nothing but public documents .*: A list may be kept in caches\.$/,
  ],
  [
    'somebody else’s profile',
    (passing) => {
      if (isAt(passing, '/me/')) json(passing, (body) => Object.assign(body, { id: 1 }));
    },
    /^getMe: The own profile is of somebody else\.$/,
  ],
];

test.each(FAULTS)('it says in one line what is wrong: %s', async (_, distort, says) => {
  proxy.distort = distort;
  expect(await failures()).toContainEqual(expect.stringMatching(says));
});

test('it says so when nothing answers at all', async () => {
  const lines = await smoke('http://127.0.0.1:1/careers/users');
  expect(lines.filter(({ outcome }) => outcome === 'passed')).toEqual([]);
  expect(lines.find(({ name }) => name === 'register')?.says).toMatch(/gets no answer/);
  expect(lines.find(({ name }) => name === 'getMe')?.says).toBe('Nobody was registered.');
});
