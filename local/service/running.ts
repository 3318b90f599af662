import { readFile } from 'node:fs/promises';
import { BASE_PATH } from '../../lib/http/routes.ts';
import { localData } from '../data.ts';
import { keyEnvironment } from '../keys/jwk.ts';
import { StartFailure } from './database.ts';
import { findLocalDatabase } from './lock.ts';
import { LOCAL_TABLE, localCredentials } from './table.ts';

/**
 * Makes lib/ work on the table of the local service that runs: lib/ reads its environment when it is loaded, so before
 * that. Throws {@link StartFailure} where none runs.
 */
export async function useRunningService(): Promise<void> {
  const { lock, signing_keys } = localData();
  const endpoint = process.env.DYNAMODB_ENDPOINT ?? (await findLocalDatabase(lock));
  if (!endpoint) throw new StartFailure('The Users API is not running here: start it first, with npm start.');
  const keys = JSON.parse(await readFile(signing_keys, 'utf8'));
  Object.assign(process.env, localCredentials, {
    TABLE_NAME: LOCAL_TABLE,
    DYNAMODB_ENDPOINT: endpoint,
    ISSUER: `http://localhost${BASE_PATH}`,
    AUDIENCE: 'careers',
    ...keyEnvironment(keys),
  });
}
