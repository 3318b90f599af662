import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { OperationId } from '../lib/http/routes.ts';

/** The root of the project. */
export const root = join(import.meta.dirname, '..');

const file = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });

/** The functions of serverless.yml that serve endpoints. */
export const functions: Record<OperationId, { handler: string }> = file.functions;
