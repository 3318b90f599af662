import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../../../local/serverless.ts';
import { type ParameterStore, startParameterStore } from '../../../support/parameterStore.ts';

const stage = ['--stage', 'prod', '--region', 'eu-central-1'];

const command = join(root, 'local/keys/command.ts');

/** Runs `npm run keys -- …`; answers what it said and how it ended. */
async function keys(environment: Record<string, string>, ...args: string[]) {
  const env = { ...process.env, ...environment };
  return promisify(execFile)(process.execPath, [command, ...args], { env }).then(
    ({ stdout }) => ({ failed: false, said: stdout }),
    ({ stderr }: { stderr: string }) => ({ failed: true, said: stderr }),
  );
}

async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('rotate gives the local service a new key, and keeps the old one to verify', async () => {
  const LOCAL_DATA = await temporaryFolder();
  const file = join(LOCAL_DATA, 'signing-keys.json');
  await keys({ LOCAL_DATA }, 'add');
  const [old] = JSON.parse(await readFile(file, 'utf8')).keys;

  const { said } = await keys({ LOCAL_DATA }, 'rotate');
  const ring = JSON.parse(await readFile(file, 'utf8')).keys;
  expect(ring).toHaveLength(2);
  expect(ring[1]).toMatchObject({ kid: old.kid, superseded_at: expect.any(String) });
  expect(said).toContain(`${ring[0].kid}  signs`);
  expect(said).toContain(`${old.kid}  verifies`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a refused step says why in one sentence, and changes nothing', async () => {
  const LOCAL_DATA = await temporaryFolder();
  await keys({ LOCAL_DATA }, 'add');
  const answer = await keys({ LOCAL_DATA }, 'retire');
  expect(answer).toEqual({ failed: true, said: 'No key is superseded: there is nothing to retire.\n' });
  expect((await keys({ LOCAL_DATA }, 'nonsense')).said).toContain('npm run keys -- <command>');
});

test('a deployed stage gets its private keys as a SecureString, and the public halves beside it', async () => {
  const store = await startParameterStore();
  onTestFinished(store.stop);
  const { parameters, environment } = store;
  await keys(environment, 'add', '--new', ...stage);
  await keys(environment, 'add', ...stage);
  await keys(environment, 'promote', ...stage);

  const both = ['/users-api/prod/signing-keys SecureString', '/users-api/prod/public-keys String'];
  expect(parameters.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    ...both,
    '/users-api/prod/pseudonym-secret String',
    ...both,
    ...both,
  ]);
  const [privateSet, publicSet] = parameters.slice(-2).map(({ Value }) => JSON.parse(Value).keys);
  expect(publicSet.map((key: { kid: string }) => key.kid)).toEqual(
    privateSet.map((key: { kid: string }) => key.kid),
  );
  for (const key of publicSet) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  }
});

/** A store, and the command on the keys of the stage in it. */
async function remoteKeys() {
  const store = await startParameterStore();
  onTestFinished(store.stop);
  return { store, run: (...args: string[]) => keys(store.environment, ...args, ...stage) };
}

test('L4: the first keys of a stage are made on request only, for the region may be the wrong one', async () => {
  const { store, run } = await remoteKeys();
  for (const step of ['add', 'rotate']) expect((await run(step)).said).toContain('Is this the right region?');
  expect(store.parameters).toEqual([]);
  expect((await run('add', '--new')).said).toContain('signs');
  expect((await run('add', '--new')).said).toContain('leave --new out');
});

/** Lets somebody else write the keys just before the call of that number. */
function interfere(store: ParameterStore, call: string, number: number) {
  const [first] = store.parameters;
  let seen = 0;
  store.before = (operation) => {
    if (operation === call && ++seen === number && first) store.parameters.push({ ...first, Version: 2 });
  };
}

test('L4: of two who change the keys at once, the second one is told, and writes nothing', async () => {
  const { store, run } = await remoteKeys();
  await run('add', '--new');
  interfere(store, 'GetParameter', 2);
  expect(await run('add')).toMatchObject({
    failed: true,
    said: expect.stringContaining('Nothing was written'),
  });
  expect(store.parameters.at(-1)).toMatchObject({ Version: 2 });
});

test('L4: whoever overwrites somebody in the very same instant is told whose state is lost', async () => {
  const { store, run } = await remoteKeys();
  await run('add', '--new');
  interfere(store, 'PutParameter', 1);
  expect(await run('add')).toMatchObject({
    failed: true,
    said: expect.stringContaining('version 2 of /users-api/prod/signing-keys is theirs'),
  });
  expect(store.parameters.filter(({ Name }) => Name.endsWith('/public-keys'))).toHaveLength(1);
});

test('a stage notes its deployments, and drops a waiting key', async () => {
  const { store, run } = await remoteKeys();
  await run('add', '--new');
  await run('add');
  expect((await run('promote')).said).toContain('verifies, and signs until the next deployment');
  expect((await run('retire')).said).toContain('may still sign');
  expect((await run('deployed')).said).toContain('verifies, may retire');
  await run('add');
  const [, , waiting] = JSON.parse(store.parameters.at(-1)?.Value ?? '').keys;
  expect((await run('drop', waiting.kid)).said).not.toContain('waits');
  expect((await run('drop')).said).toContain('npm run keys -- <command>');
});
