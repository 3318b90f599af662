import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { post } from '../../support/api.ts';
import { findContradictions } from '../../support/audit.ts';
import { refusing, startParameterStore } from '../../support/parameterStore.ts';
import { registration } from '../../support/users.ts';

const keys = await readFile(String(process.env.SIGNING_KEYS_FILE), 'utf8');

const store = await startParameterStore();
store.parameters.push({ Name: '/users-api/test/signing-keys', Value: keys });
delete process.env.SIGNING_KEYS_FILE;
Object.assign(process.env, store.environment, { SIGNING_KEYS_PARAMETER: '/users-api/test/signing-keys' });

afterAll(store.stop);

// In one test, for the key stays loaded once it could be read.
test('registers nobody while the signing key cannot be read, and everybody as soon as it can', async () => {
  const body = registration();
  const register = () => post('/register/', body, { time_left: 3000 });

  store.instead = refusing(500, 'InternalServerError');
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  store.instead = refusing(400, 'ThrottlingException');
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  store.instead = (request) => request.socket.destroy();
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  store.instead = () => {};
  expect((await register()).body).toMatchObject({ status: 503, code: 'unavailable' });
  store.instead = refusing(400, 'ParameterNotFound');
  expect((await register()).body).toMatchObject({ status: 500, code: 'internal_error' });

  store.instead = undefined;
  expect((await register()).status).toBe(201);
  expect(await findContradictions()).toEqual([]);
});
