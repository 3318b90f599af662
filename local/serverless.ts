import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TableProperties } from './service/table.ts';

interface ServerlessFile {
  functions: Record<string, { handler: string; events: { http?: string }[] }>;
  resources: (string | { Resources: { UsersTable: { Properties: TableProperties } } })[];
}

/** The root of the project. */
export const root = join(import.meta.dirname, '..');

const require = createRequire(import.meta.url);

/** The command of the Serverless Framework, for Node.js to run. */
export const serverlessCommand = join(root, 'node_modules/serverless/bin/serverless.js');

/** serverless.yml as it stands, with the events that it has in files; its CloudFormation tags left unresolved. */
export const serverless: ServerlessFile = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
});

for (const declared of Object.values(serverless.functions)) {
  const [, file] = /^\$\{file\((.+)\)\}$/.exec(String(declared.events)) ?? [];
  if (file) declared.events = require(join(root, file));
}

const resources = serverless.resources.find((part) => typeof part === 'object')?.Resources;
if (!resources) throw new Error('serverless.yml defines no table.');

/** How serverless.yml defines the table. */
export const tableProperties = resources.UsersTable.Properties;

const { StreamSpecification: _, ...withoutStream } = tableProperties;

/**
 * The table without its stream, for whoever needs no events: each write to the embedded database waits the longer the
 * more its stream holds.
 */
export const quietTableProperties: TableProperties = withoutStream;

/** What a handler file exports as `handler` names it: `functions/auth/login.handler`. */
export async function loadHandler(handler: string) {
  const [file, name] = handler.split('.') as [string, string];
  return (await import(join(root, `${file}.ts`)))[name];
}
