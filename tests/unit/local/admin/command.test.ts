import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { accountKey, userKey } from '../../../../lib/table/keys.ts';
import { root, tableProperties } from '../../../../local/serverless.ts';
import { createTable, LOCAL_TABLE } from '../../../../local/service/table.ts';
import { get, post } from '../../../support/api.ts';
import { findContradictions } from '../../../support/audit.ts';
import { startParameterStore } from '../../../support/parameterStore.ts';
import { connect, readItem, scanItems, writeItem } from '../../../support/table.ts';
import { follow, hide, newUser, uniqueName } from '../../../support/users.ts';

vi.hoisted(() => {
  process.env.TABLE_NAME = 'users-local';
});

await createTable(inject('database'), LOCAL_TABLE, tableProperties);

const command = join(root, 'local/admin/command.ts');

/** Runs `npm run admin -- …`; answers what it said and how it ended. */
async function admin(args: string[], environment: Record<string, string | undefined> = {}) {
  const local = { LOCAL_DATA: inject('data'), DYNAMODB_ENDPOINT: inject('database') };
  const env = { ...process.env, ...local, ...environment };
  return promisify(execFile)(process.execPath, [command, ...args], { env }).then(
    ({ stdout }) => ({ failed: false, said: stdout }),
    ({ stderr }: { stderr: string }) => ({ failed: true, said: stderr }),
  );
}

test('show says who it is, in what state, and with which counts', async () => {
  const [user, fan] = [await newUser(), await newUser()];
  await follow(fan, user);
  const { said } = await admin(['show', user.username.toUpperCase()]);
  expect(said).toContain(`${user.username}, id ${user.id}, active`);
  expect(said).toContain(user.email);
  expect(said).toMatch(/sessions +1\n/);
  expect(said).toMatch(/followers_count +1\n/);
  await hide(user.username, 'suspended_at');
  expect((await admin(['show', user.username])).said).toMatch(/, suspended 20.*Z\n/);
});

test('suspend and restore take a user out of sight and back; neither is done twice', async () => {
  const user = await newUser();
  expect((await admin(['suspend', user.username])).failed).toBe(false);
  expect((await get(`/${user.username}/`)).status).toBe(404);
  expect((await post('/login/', user)).body.code).toBe('account_suspended');
  expect(await admin(['suspend', user.username])).toEqual({
    failed: true,
    said: `${user.username} is suspended already.\n`,
  });
  expect((await admin(['restore', user.username])).said).toContain('may log in again');
  expect((await get(`/${user.username}/`)).status).toBe(200);
  expect((await admin(['restore', user.username])).said).toContain('is not suspended');
});

test('end-sessions logs out everywhere', async () => {
  const user = await newUser();
  await admin(['end-sessions', user.username]);
  expect((await get('/me/', { token: user.access })).status).toBe(401);
  expect((await post('/token/refresh/', { refresh: user.refresh })).body.code).toBe('token_not_valid');
  expect((await post('/login/', user)).status).toBe(200);
});

test('verify-email notes that the address is verified', async () => {
  const user = await newUser();
  expect((await admin(['verify-email', user.username])).said).toContain(user.email);
  const { email_verified_at } = (await readItem(userKey(user.username))) ?? {};
  expect(Math.abs(email_verified_at - Date.now())).toBeLessThan(60_000);
});

test('recount puts counts right that disagree with the edges, and leaves right ones alone', async () => {
  const [user, one, two] = [await newUser(), await newUser(), await newUser()];
  await follow(user, one);
  await follow(one, user);
  await follow(two, user);
  await writeItem({ ...(await readItem(accountKey(user.username))), following_count: 7, followers_count: 4 });
  const { said } = await admin(['recount', user.username]);
  expect(said).toMatch(/followers_count -\d, following_count -6\./);
  expect((await get(`/${user.username}/`)).body).toMatchObject({ followers_count: 2, following_count: 1 });
  expect((await admin(['recount', user.username])).said).toContain('followers_count 0, following_count 0');
});

test('erase erases an account and all that is stored about it', async () => {
  const [user, fan] = [await newUser(), await newUser()];
  await follow(fan, user);
  await hide(user.username, 'deleted_at', () => Date.now() - 120_000);
  expect((await admin(['restore', user.username])).said).toContain('is being erased');
  expect((await admin(['erase', user.username])).said).toContain('are free');
  expect((await scanItems()).filter((item) => JSON.stringify(item).includes(user.username))).toEqual([]);
  expect((await get(`/${fan.username}/`)).body.following_count).toBe(0);
  expect(await findContradictions()).toEqual([]);
});

test('an unknown user, command or option is refused in a sentence; --help explains', async () => {
  expect(await admin(['show', 'nobody'])).toEqual({ failed: true, said: 'There is no user nobody.\n' });
  for (const wrong of [['nonsense', 'alice'], ['show'], ['show', 'a', 'b']]) {
    expect(await admin(wrong)).toMatchObject({
      failed: true,
      said: expect.stringContaining('npm run admin --'),
    });
  }
  expect(await admin(['show', 'a', '--nonsense'])).toMatchObject({ failed: true });
  expect(await admin(['--help'])).toMatchObject({ failed: false, said: expect.stringContaining('recount') });
  const nowhere = { DYNAMODB_ENDPOINT: undefined, LOCAL_DATA: '/tmp/nowhere' };
  expect((await admin(['show', 'a'], nowhere)).said).toContain('start it first, with npm start');
});

test('--stage works on the table of that stage, and says when it cannot be told which that is', async () => {
  const store = await startParameterStore();
  onTestFinished(store.stop);
  const database = inject('database');
  const stage = uniqueName('stage');
  const on = ['--stage', stage, '--region', 'local'];
  const environment = {
    ...store.environment,
    DYNAMODB_ENDPOINT: undefined,
    PASSWORD_COST: undefined,
    AWS_ENDPOINT_URL_DYNAMODB: database,
  };
  expect((await admin(['show', 'alice', ...on], environment)).said).toContain('Is this the right stage');
  store.parameters.push(
    { Name: `/users-api/${stage}/public-keys`, Value: inject('public_keys') },
    { Name: `/users-api/${stage}/pseudonym-secret`, Value: 'a secret of that stage' },
  );
  const table = `users-api-${stage}-UsersTable-A`;
  await createTable(database, table, tableProperties);
  const user = await newUser();
  const { PK, SK, ...item } = (await readItem(userKey(user.username))) ?? {};
  const { PutCommand } = await import('@aws-sdk/lib-dynamodb');
  await connect(database).send(
    new PutCommand({ TableName: table, Item: { PK, SK, ...item, bio: 'elsewhere' } }),
  );
  expect((await admin(['verify-email', user.username, ...on], environment)).failed).toBe(false);
  expect(await scanItems(table, connect(database))).toMatchObject([
    { email_verified_at: expect.any(Number) },
  ]);
  expect(await readItem(userKey(user.username))).not.toHaveProperty('email_verified_at');

  await createTable(database, `users-api-${stage}-UsersTable-B`, tableProperties);
  expect((await admin(['show', user.username, ...on], environment)).said).toContain('name one with --table');
  const named = [...on, '--table', table];
  expect((await admin(['show', user.username, ...named], environment)).said).toContain(user.username);
});
