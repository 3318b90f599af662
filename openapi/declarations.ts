import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Declaration } from '../lib/http/declaration.ts';
import type { DocumentDeclaration } from '../lib/http/document.ts';
import { type OperationId, routes } from '../lib/http/routes.ts';

/** What the handler of an endpoint promises, or that of a public document. */
export type AnyDeclaration = Declaration & Partial<Pick<DocumentDeclaration, 'media_type' | 'headers'>>;

const functions = join(import.meta.dirname, '../functions');

/** The file of each function, below `functions/`. */
export const files = new Map(
  globSync('*/*.ts', { cwd: functions }).map((file) => [basename(file, '.ts'), file]),
);

/**
 * The address of an endpoint in its one spelling, below the base URL: with a last slash, as that of everything but a
 * file. Without one it answers alike.
 */
export function addressOf({ operation, media_type }: AnyDeclaration): string {
  const { path } = routes[operation];
  return media_type === 'application/json' ? path : `${path}/`;
}

/** The declarations that the handlers run on, in the order of the routes. */
export async function readDeclarations(): Promise<Record<OperationId, AnyDeclaration>> {
  const declarations = Object.keys(routes).map(async (operation) => {
    const { handler } = await import(join(functions, files.get(operation) ?? operation));
    return [operation, handler.declaration] as const;
  });
  return Object.fromEntries(await Promise.all(declarations)) as Record<OperationId, AnyDeclaration>;
}
