import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TableProperties } from '../../local/service/table.ts';

interface ServerlessFile {
  functions: Record<string, { handler: string; events: { http?: string }[] }>;
  resources: (string | { Resources: { UsersTable: { Properties: TableProperties } } })[];
}

/** The root of the project. */
export const root = join(import.meta.dirname, '../..');

const require = createRequire(import.meta.url);

/** serverless.yml as it stands, with the events that it has in files; its CloudFormation tags left unresolved. */
export const serverless: ServerlessFile = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
});

for (const declared of Object.values(serverless.functions)) {
  const [, file] = /^\$\{file\((.+)\)\}$/.exec(String(declared.events)) ?? [];
  if (file) declared.events = require(join(root, file));
}

const table = serverless.resources.find((part) => typeof part === 'object');
if (!table) throw new Error('serverless.yml defines no table.');

export const tableProperties = table.Resources.UsersTable.Properties;
