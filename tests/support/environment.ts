import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tableProperties } from '../../local/serverless.ts';
import { createTable, localCredentials } from '../../local/service/table.ts';

/** A table for each file, unless the project shares one. */
const { TABLE_NAME = `users-${randomUUID()}` } = process.env;

Object.assign(process.env, localCredentials, {
  TABLE_NAME,
  DYNAMODB_ENDPOINT: inject('database'),
  ISSUER: inject('service') || 'https://api.example.com/careers/users',
  AUDIENCE: 'careers',
  PUBLIC_KEYS: inject('public_keys'),
  PSEUDONYM_SECRET: 'the secret of the tests',
  SIGNING_KEYS_FILE: join(inject('data'), 'signing-keys.json'),
  SNAPSHOT_FOLDER: join(inject('data'), 'snapshots'),
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});

await createTable(inject('database'), TABLE_NAME, tableProperties);
