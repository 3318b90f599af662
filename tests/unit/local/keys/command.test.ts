import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../../../local/serverless.ts';
import { startParameterStore } from '../../../support/parameterStore.ts';

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
  const stage = ['--stage', 'prod', '--region', 'eu-central-1'];
  await keys(environment, 'add', ...stage);
  await keys(environment, 'add', ...stage);
  await keys(environment, 'promote', ...stage);

  expect(parameters.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(
    Array(3).fill(['/users-api/prod/signing-keys SecureString', '/users-api/prod/public-keys String']).flat(),
  );
  const [privateSet, publicSet] = parameters.slice(-2).map(({ Value }) => JSON.parse(Value).keys);
  expect(publicSet.map((key: { kid: string }) => key.kid)).toEqual(
    privateSet.map((key: { kid: string }) => key.kid),
  );
  for (const key of publicSet) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  }
});
