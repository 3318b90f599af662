import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readOrCreateKeys } from '../../local/keys/files.ts';
import { publicKeys } from '../../local/keys/jwk.ts';
import { startDatabase } from '../../local/service/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the in-memory database of this run answers. */
    database: string;
    /** Folder with the signing keys of this run. */
    data: string;
    public_keys: string;
    /** Base URL of the running service; empty where tests call the handlers. */
    service: string;
    /** Where mails arrive; empty where tests call the handlers. */
    inbox: string;
    /** What the invocation URL of each function begins with; empty where tests call the handlers. */
    lambda: string;
  }
}

/** Starts an in-memory database and makes signing keys for one run. */
export default async function setup({ provide }: TestProject) {
  const data = await mkdtemp(join(tmpdir(), 'users-api-'));
  const database = await startDatabase();
  const keys = await readOrCreateKeys(join(data, 'signing-keys.json'));
  provide('database', database.endpoint);
  provide('data', data);
  provide('public_keys', JSON.stringify(publicKeys(keys)));
  provide('service', '');
  provide('lambda', '');
  provide('inbox', '');
  return async () => {
    await database.stop();
    await rm(data, { recursive: true, force: true });
  };
}
