import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TableProperties } from './table.ts';

interface ServerlessFile {
  functions: Record<string, { handler: string; events: { http?: string }[] }>;
  resources: (string | { Resources: { UsersTable: { Properties: TableProperties } } })[];
}

/** The root of the project. */
export const root = join(import.meta.dirname, '..');

/** serverless.yml as it stands, its CloudFormation tags left unresolved. */
export const serverless: ServerlessFile = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
});

const resources = serverless.resources.find((part) => typeof part === 'object')?.Resources;
if (!resources) throw new Error('serverless.yml defines no table.');

/** How serverless.yml defines the table. */
export const tableProperties = resources.UsersTable.Properties;

/** What a handler file exports as `handler` names it: `functions/auth/login.handler`. */
export async function loadHandler(handler: string) {
  const [file, name] = handler.split('.') as [string, string];
  return (await import(join(root, `${file}.ts`)))[name];
}
