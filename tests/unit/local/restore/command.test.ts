import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject, onTestFinished, test } from 'vitest';
import {
  accountKey,
  changeIn,
  emailKey,
  sequenceKey,
  snapshotKey,
  userIdKey,
  userKey,
} from '../../../../lib/table/keys.ts';
import type { Key } from '../../../../lib/table/send.ts';
import { root } from '../../../../local/serverless.ts';
import { del, get, post } from '../../../support/api.ts';
import { findContradictions } from '../../../support/audit.ts';
import { startParameterStore } from '../../../support/parameterStore.ts';
import { copyTable, startRecovery } from '../../../support/recovery.ts';
import { connect, readItem, scanItems, writeItem } from '../../../support/table.ts';
import { changeProfile, follow, newUser, type TestUser, unfollow } from '../../../support/users.ts';

const TABLE = String(process.env.TABLE_NAME);
const documents = connect(inject('database'));

/** Runs `npm run restore -- …`; answers what it said and how it ended. */
async function restore(environment: Record<string, string | undefined>, ...args: string[]) {
  const env = { ...process.env, LOCAL_DATA: inject('data'), ...environment };
  const command = join(root, 'local/restore/command.ts');
  return promisify(execFile)(process.execPath, [command, ...args], { env }).then(
    ({ stdout }) => ({ failed: false, said: stdout }),
    ({ stderr }: { stderr: string }) => ({ failed: true, said: stderr }),
  );
}

const remove = (Key: Key) => documents.send(new DeleteCommand({ TableName: TABLE, Key }));

/** Three people: alice follows bob. */
async function newPeople() {
  const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];
  await follow(alice, bob);
  return { alice, bob, carol };
}

/** What somebody careless does to the table, and what goes on beside. */
async function damage({ alice, bob, carol }: Awaited<ReturnType<typeof newPeople>>): Promise<TestUser> {
  const late = await newUser();
  await follow(late, bob);
  await unfollow(alice, bob);
  await changeProfile(alice, { bio: 'Damaged' });
  await remove(userKey(bob.username));
  await remove(emailKey(bob.email));
  await remove(userIdKey(carol.id));
  await writeItem({ ...(await readItem(accountKey(alice.username))), followers_count: 1_000 });
  await writeItem({ ...snapshotKey, snapshot: 'of a lost time' });
  return late;
}

async function expectRestored({ alice, bob, carol }: Awaited<ReturnType<typeof newPeople>>, late: TestUser) {
  expect(await findContradictions()).toEqual([]);
  const { body } = await get(`/${bob.username}/followers/`);
  expect(body).toMatchObject({ count: 1, results: [{ username: alice.username }] });
  expect((await get(`/${alice.username}/`)).body).toMatchObject({
    bio: '',
    followers_count: 0,
    following_count: 1,
  });
  expect((await get('/me/', { token: carol.access })).status).toBe(200);
  expect((await get(`/${late.username}/`)).status).toBe(404);
  expect((await get('/me/', { token: late.access })).status).toBe(401);
  expect(await readItem(snapshotKey)).toBeUndefined();
}

const keyed = (items: Awaited<ReturnType<typeof scanItems>>) =>
  Object.fromEntries(items.map((item) => [`${item.PK} ${item.SK}`, item]));

test('makes the local table what a copy of it is, and leaves alone what must not go back', async () => {
  const people = await newPeople();
  const { alice, bob } = people;
  const copy = `${TABLE}-copy`;
  await copyTable(inject('database'), TABLE, copy);
  const was = keyed(await scanItems(copy));
  const late = await damage(people);
  const sequence = await readItem(sequenceKey('user'));

  const plan = await restore({}, '--from', copy);
  expect(plan.said).toMatch(/user: 1 lost, 1 changed, 1 added/);
  expect(plan.said).toMatch(/id_claim: 1 lost, 0 changed, 1 added/);
  expect(plan.said).toContain('Nothing was changed.');
  expect(await readItem(userKey(bob.username))).toBeUndefined();

  const { said } = await restore({}, '--from', copy, '--yes');
  expect(said).toMatch(/user: 1 lost, 1 changed, 1 added/);
  await expectRestored(people, late);
  expect(await readItem(sequenceKey('user'))).toEqual(sequence);

  const is = keyed(await scanItems());
  const stamped = (key: Key) => `${key.PK} ${key.SK}`;
  for (const { username } of [alice, bob]) {
    const key = stamped(userKey(username));
    expect(changeIn(is[key]?.GSI1SK).time).toBeGreaterThan(changeIn(was[key]?.GSI1SK).time);
    is[key] = { ...is[key], updated_at: was[key]?.updated_at, GSI1SK: was[key]?.GSI1SK };
  }
  delete is[stamped(sequenceKey('user'))];
  delete is[stamped(sequenceKey('follow'))];
  delete was[stamped(sequenceKey('user'))];
  delete was[stamped(sequenceKey('follow'))];
  expect(is).toEqual(was);
  expect((await restore({}, '--from', copy)).said).toContain('nothing');
});

test('whoever was logged out since stays logged out', async () => {
  const { alice, carol } = await newPeople();
  const copy = `${TABLE}-epochs`;
  await copyTable(inject('database'), TABLE, copy);
  await del('/me/sessions/', { token: alice.access });
  await post('/logout/', { refresh: carol.refresh }, { token: carol.access });
  await changeProfile(carol, { bio: 'Later' });

  await restore({}, '--from', copy, '--yes');
  expect((await get('/me/', { token: alice.access })).status).toBe(401);
  expect((await post('/token/refresh/', { refresh: carol.refresh })).status).toBe(401);
  expect((await get('/me/', { token: carol.access })).body.bio).toBe('');
  expect(await findContradictions()).toEqual([]);
});

/** A stage whose table is the one of this file, with point-in-time recovery that knows how it is now. */
async function startStage() {
  const recovery = await startRecovery(inject('database'), TABLE);
  const store = await startParameterStore();
  onTestFinished(async () => {
    await recovery.stop();
    await store.stop();
  });
  const parameter = (name: string, Value = '') => ({
    Name: `/users-api/prod/${name}`,
    Value,
    Type: 'String',
    Version: 1,
  });
  store.parameters.push(
    parameter('public-keys', process.env.PUBLIC_KEYS),
    parameter('pseudonym-secret', process.env.PSEUDONYM_SECRET),
  );
  const environment = {
    ...store.environment,
    DYNAMODB_ENDPOINT: undefined,
    PASSWORD_COST: undefined,
    AWS_ENDPOINT_URL_DYNAMODB: recovery.endpoint,
  };
  const run = (...args: string[]) =>
    restore(environment, '--stage', 'prod', '--region', 'eu-central-1', '--table', TABLE, ...args);
  return { recovery, run };
}

test('restores a moment of a stage into a table beside, compares, and copies back', async () => {
  const people = await newPeople();
  const { recovery, run } = await startStage();
  const late = await damage(people);
  const at = new Date(Date.now() - 60_000).toISOString();

  const planned = await run('--at', at);
  expect(planned.said).toContain('Nothing was done: add --yes.');
  expect(recovery.calls).toEqual([]);

  const compared = await run('--at', at, '--yes', '--beside');
  expect(compared.said).toMatch(/user: 1 lost, 1 changed, 1 added/);
  expect(recovery.calls).toMatchObject([
    { SourceTableName: TABLE, TargetTableName: expect.stringMatching(/-at-\d{14}$/) },
  ]);
  expect(await readItem(userKey(people.bob.username))).toBeUndefined();

  await run('--at', at, '--yes');
  expect(recovery.calls).toHaveLength(1);
  await expectRestored(people, late);
}, 120_000);

test('refuses a moment that cannot be restored, a table that is not there, and half a command', async () => {
  const { run } = await startStage();
  expect((await run('--at', '2020-01-01T00:00:00Z', '--yes')).said).toContain('can be restored from');
  expect((await restore({}, '--from', 'nowhere')).said).toContain('There is no table nowhere.');
  for (const args of [[], ['--at', 'yesterday'], ['--at', '2026-01-01T00:00:00Z', '--from', 'x']]) {
    expect(await restore({}, ...args)).toMatchObject({
      failed: true,
      said: expect.stringContaining('npm run restore'),
    });
  }
}, 120_000);
