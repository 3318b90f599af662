import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inject } from 'vitest';
import { quietTableProperties } from '../../local/serverless.ts';
import { createTable, localCredentials } from '../../local/service/table.ts';
import { PASSWORD_COST } from './passwords.ts';

/** A table for each process, unless the project shares one. */
const { TABLE_NAME = `users-${randomUUID()}` } = process.env;

Object.assign(process.env, localCredentials, {
  TABLE_NAME,
  DYNAMODB_ENDPOINT: inject('database'),
  ISSUER: inject('service') || 'https://api.example.com/careers/users',
  AUDIENCE: 'careers',
  METRICS_NAMESPACE: 'users-api-dev',
  PUBLIC_KEYS: inject('public_keys'),
  PASSWORD_COST,
  PSEUDONYM_SECRET: 'the secret of the tests',
  MAIL_FROM: 'Careers <no-reply@careers.example>',
  APP_URL: 'https://app.careers.example',
  SIGNING_KEYS_FILE: join(inject('data'), 'signing-keys.json'),
  SNAPSHOT_FOLDER: join(inject('data'), 'snapshots'),
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});

await createTable(inject('database'), TABLE_NAME, quietTableProperties);
