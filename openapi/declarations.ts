import { join } from 'node:path';
import type { Declaration } from '../lib/http/declaration.ts';
import type { DocumentDeclaration } from '../lib/http/document.ts';
import { type OperationId, routes } from '../lib/http/routes.ts';
import { functions, root } from './functions.ts';

/** What the handler of an endpoint promises, or that of a public document. */
export type AnyDeclaration = Declaration & Partial<DocumentDeclaration>;

/** The declarations that the handlers run on, in the order of the routes. */
export async function readDeclarations(): Promise<Record<OperationId, AnyDeclaration>> {
  const operations = Object.keys(routes) as OperationId[];
  const declarations = operations.map(async (operation) => {
    const [file, name] = functions[operation].handler.split('.') as [string, string];
    const module = await import(join(root, `${file}.ts`));
    return [operation, module[name].declaration] as const;
  });
  return Object.fromEntries(await Promise.all(declarations)) as Record<OperationId, AnyDeclaration>;
}
