import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TableProperties } from '../../local/service/table.ts';

interface ServerlessFile {
  functions: Record<string, { handler: string; events: { http?: string }[] }>;
  resources: (string | { Resources: { UsersTable: { Properties: TableProperties } } })[];
}

/** The root of the project. */
export const root = join(import.meta.dirname, '../..');

/** serverless.yml as it stands, its CloudFormation tags left unresolved. */
export const serverless: ServerlessFile = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
});

const table = serverless.resources.find((part) => typeof part === 'object');
if (!table) throw new Error('serverless.yml defines no table.');

export const tableProperties = table.Resources.UsersTable.Properties;
