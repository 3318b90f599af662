import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { startParameterStore } from '../../../support/parameterStore.ts';

const NAME = '/aws/reference/secretsmanager/directory';
const secret = { host: 'db.example.com', dbname: 'careers', username: 'directory_reader', password: 'first' };

const store = await startParameterStore();
Object.assign(process.env, store.environment, { DIRECTORY_DATABASE_PARAMETER: NAME });

beforeEach(() => {
  vi.resetModules();
  store.parameters.length = store.calls.length = 0;
});

afterAll(() => store.stop());

const put = (changes: object = {}) => {
  store.parameters.length = 0;
  store.parameters.push({ Name: NAME, Value: JSON.stringify({ ...secret, ...changes }) });
};

async function readAccess() {
  const { readAccess } = await import('../../../../lib/directory/postgres/access.ts');
  return readAccess();
}

test('the secret is read by the name of its parameter, and the connection must be encrypted', async () => {
  put();
  expect(await readAccess()).toMatchObject({
    ...{ host: 'db.example.com', port: 5432, database: 'careers', user: 'directory_reader', ssl: true },
  });
});

test('the first connection takes the password that was read, later ones what it is by then', async () => {
  put();
  const { password } = await readAccess();
  if (typeof password !== 'function') throw new Error('It is not asked for.');
  put({ password: 'second' });
  expect([await password(), await password()]).toEqual(['first', 'second']);
});

test.each([
  ['no JSON', 'postgres://directory_reader@db.example.com'],
  ['half of it', JSON.stringify({ ...secret, password: undefined })],
])('%s is a defect that is named without a value', async (_, Value) => {
  store.parameters.push({ Name: NAME, Value });
  await expect(readAccess()).rejects.toThrow(/^The parameter DIRECTORY_DATABASE_PARAMETER holds no access/);
});
