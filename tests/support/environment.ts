import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tableProperties } from '../../local/serverless.ts';
import { createTable, LOCAL_TABLE, localCredentials } from '../../local/service/table.ts';

/** Handlers run in the test's own process, on a table of the file's own; the running service has one table. */
const service = inject('service');
const TABLE_NAME = service ? LOCAL_TABLE : `users-${randomUUID()}`;

Object.assign(process.env, localCredentials, {
  TABLE_NAME,
  DYNAMODB_ENDPOINT: inject('database'),
  ISSUER: service || 'https://api.example.com/careers/users',
  AUDIENCE: 'careers',
  PUBLIC_KEYS: inject('public_keys'),
  SIGNING_KEYS_FILE: join(inject('data'), 'signing-keys.json'),
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});

if (!service) await createTable(inject('database'), TABLE_NAME, tableProperties);
