import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { userKey } from '../../../../lib/table/keys.ts';
import { leaseIds, raiseSequence, readSequence } from '../../../../lib/table/sequences.ts';
import { readUsername, readUserWithCounts } from '../../../../lib/table/users.ts';
import { root } from '../../../../local/serverless.ts';
import { findContradictions } from '../../../support/audit.ts';
import { readItem, scanItems } from '../../../support/table.ts';
import { storeUser, uniqueName } from '../../../support/users.ts';

const HASH = '$2b$10$E4Zt5uB0b47Ot0ZEJnOm3O1Q2e6eu2lVyHxNcfdERvUajsfJC8SCa';

/** Above what the other tests of this file have written. */
let last_id = 0;
const nextId = () => (last_id += 7);

const userRow = (fields: Record<string, unknown> = {}) => {
  const username = uniqueName();
  return {
    ...{ id: nextId(), username, email: `${username}@example.com`, password: HASH },
    ...{ created_at: '2024-01-15T10:30:00Z', ...fields },
  };
};

const followRow = (follower: { id: unknown }, following: { id: unknown }, fields = {}) => ({
  ...{ id: nextId(), follower: follower.id, following: following.id },
  ...{ created_at: '2024-02-01T00:00:00+01:00', ...fields },
});

const jsonLines = (rows: readonly unknown[]) =>
  rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');

/** The two files, and a command that imports them. */
async function prepare(users: readonly unknown[], follows: readonly unknown[]) {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = ['users.jsonl', 'follows.jsonl'].map((name) => join(folder, name));
  await writeFile(files[0] ?? '', jsonLines(users));
  await writeFile(files[1] ?? '', jsonLines(follows));
  const report = join(folder, 'refused.jsonl');
  const start = () => {
    const command = spawn(
      process.execPath,
      [join(root, 'local/import/command.ts'), ...files, '--report', report],
      { env: { ...process.env, LOCAL_DATA: inject('data') }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [command.stdout, command.stderr]) stream.on('data', (text) => (said += text));
    return { command, ended: once(command, 'close').then(() => said) };
  };
  const readReport = async () =>
    (await readFile(report, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { start, run: () => start().ended, readReport };
}

test('brings users and follows with their ids, counts and times, and sequences that go on above them', async () => {
  const [alice, bob] = [
    userRow({ bio: 'Hello', avatar: 'https://example.com/a.png', posts_count: 5, likes_received: 3 }),
    userRow({ updated_at: '2024-03-01T00:00:00.250Z' }),
  ];
  const { run } = await prepare([alice, bob], [followRow(alice, bob), followRow(bob, alice)]);
  expect(await run()).toContain('users.jsonl: 2 written, 0 there already, 0 refused');

  expect(await readUserWithCounts(alice.username)).toMatchObject({
    ...{ id: alice.id, email: alice.email, bio: 'Hello', avatar: 'https://example.com/a.png' },
    created_at: Date.UTC(2024, 0, 15, 10, 30),
    counts: { posts_count: 5, likes_received: 3, followers_count: 1, following_count: 1 },
  });
  expect((await readUserWithCounts(bob.username))?.updated_at).toBe(Date.UTC(2024, 2, 1) + 250);
  expect(await readUsername(bob.id)).toBe(bob.username);
  expect(await leaseIds('user', 1)).toBeGreaterThan(bob.id);
  expect(await readSequence('follow')).toBeGreaterThanOrEqual(last_id);
  expect(await findContradictions()).toEqual([]);
});

test('killed again and again, it ends with everything once', { timeout: 120_000 }, async () => {
  const users = Array.from({ length: 160 }, () => userRow());
  const follows = users.flatMap((user, n) =>
    [1, 2, 3, 4].map((step) => followRow(user, users[(n + step * step) % users.length] ?? user)),
  );
  const { start, run } = await prepare(users, follows);
  const before = (await scanItems()).length;
  for (const items of [200, 1000]) {
    const { command, ended } = start();
    while (command.exitCode === null && (await scanItems()).length < before + items) await sleep(20);
    command.kill('SIGKILL');
    await ended;
    expect(command.signalCode).toBe('SIGKILL');
  }
  expect(await run()).toMatch(/users.jsonl: 0 written, 160 there already, 0 refused/);
  expect(await run()).toMatch(/follows.jsonl: 0 written, 640 there already, 0 refused/);
  for (const { username } of users.slice(0, 20)) {
    expect((await readUserWithCounts(username))?.counts).toMatchObject({
      following_count: 4,
      followers_count: 4,
    });
  }
  expect(await findContradictions()).toEqual([]);
});

test('says which rows it refuses and why, without what they hold, and brings the others', async () => {
  await raiseSequence('user', last_id);
  const there = await storeUser({ username: uniqueName() });
  last_id = Math.max(last_id, there.id);
  const [alice, bob] = [userRow(), userRow()];
  const users = [
    alice,
    '{"id": 5, "username": ',
    '[]',
    userRow({ username: 'me' }),
    userRow({ username: 'Zoë' }),
    userRow({ email: '' }),
    userRow({ password: 'md5$salt$3f86d0d3d465b7b458c231bf3555c0e3' }),
    userRow({ password: `pbkdf2_sha256$90000000$salt$${'A'.repeat(43)}=` }),
    userRow({ created_at: '2024-01-15' }),
    userRow({ is_active: false }),
    userRow({ id: 2 ** 53 }),
    userRow({ username: there.username.toUpperCase() }),
    userRow({ email: there.email }),
    userRow({ id: there.id }),
    userRow({ email: alice.email.toUpperCase() }),
    userRow({ username: undefined }),
    userRow({ username: 'someone@example.com' }),
    bob,
  ];
  const follows = [
    followRow(alice, bob),
    followRow(alice, bob),
    followRow(alice, alice),
    followRow(alice, { id: 999_999 }),
    followRow({ id: 999_999 }, alice),
    followRow(bob, alice, { id: 1.5 }),
    followRow(bob, alice),
  ];
  const { run, readReport } = await prepare(users, follows);
  const said = await run();
  expect(said).toContain('users.jsonl: 2 written, 0 there already, 16 refused');
  expect(said).toContain('follows.jsonl: 2 written, 0 there already, 5 refused');

  const report = await readReport();
  const refusals = (name: string) =>
    report
      .filter(({ file }) => file.endsWith(name))
      .toSorted((a, b) => a.line - b.line)
      .map(({ line, faults }) => `${line} ${Object.keys(faults)}: ${Object.values(faults).flat().join(' ')}`);
  expect(refusals('/users.jsonl')).toEqual([
    '2 row: This is no JSON.',
    expect.stringMatching(/^3 id,username,email,password,created_at: This is missing\./),
    '4 username: This username is reserved.',
    expect.stringMatching(/^5 username: This must be 1 to 150/),
    '6 email: This is not a valid email address.',
    '7 password: This is no hash of pbkdf2_sha256, bcrypt_sha256 or bcrypt.',
    '8 password: This takes too long to be compared with.',
    expect.stringMatching(/^9 created_at: This must be a time/),
    '10 is_active: Only active users are imported.',
    '11 id: This is too large.',
    '12 username: Somebody else has this username.',
    '13 email: Somebody else has this email address.',
    '14 id: Somebody else has this id.',
    '15 email: Somebody else has this email address.',
    '16 username: This is missing.',
    '17 username: This may be an email address only if it is their own.',
  ]);
  expect(refusals('/follows.jsonl')).toEqual([
    '2 following: Another row says the same.',
    '3 following: Nobody follows themselves.',
    '4 following: There is no such user.',
    '5 follower: There is no such user.',
    '6 id: This must be a whole number.',
  ]);
  const held = [...users, HASH].flatMap((row) => (typeof row === 'object' ? [row.email, row.password] : []));
  expect(held.filter((value) => value && JSON.stringify(report).includes(value))).toEqual([]);
  expect(await findContradictions()).toEqual([]);
});

test('a user who has no password in Django can have no right one here; bcrypt loses its prefix', async () => {
  const [none, prefixed] = [
    userRow({ password: '!YQwAuauN2oDupw74AAwyVx1a26' }),
    userRow({ password: `bcrypt$${HASH}` }),
  ];
  const { run } = await prepare([none, prefixed], []);
  await run();
  expect((await readItem(userKey(none.username)))?.password_hash).toMatch(/^\$2b\$\d\d\$\.{53}$/);
  expect((await readItem(userKey(prefixed.username)))?.password_hash).toBe(HASH);
});

test('tells what to deploy, so that logins take the same for everybody', async () => {
  const derived = (iterations: number) => `pbkdf2_sha256$${iterations}$salt$${'A'.repeat(43)}=`;
  const rows = [derived(1000), derived(720_000), HASH.replace('$10$', '$12$')].map((password) =>
    userRow({ password }),
  );
  const { run } = await prepare(rows, []);
  expect(await run()).toContain('--param="importedIterations=720000" --param="importedCost=12"');
});
