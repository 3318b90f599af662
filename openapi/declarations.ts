import type { Declaration } from '../lib/http/declaration.ts';
import type { DocumentDeclaration } from '../lib/http/document.ts';
import { type OperationId, routes } from '../lib/http/routes.ts';
import { loadHandler, serverless } from '../local/serverless.ts';

/** What the handler of an endpoint promises, or that of a public document. */
export type AnyDeclaration = Declaration & Partial<DocumentDeclaration>;

/** The declarations that the handlers run on, in the order of the routes. */
export async function readDeclarations(): Promise<Record<OperationId, AnyDeclaration>> {
  const declarations = Object.keys(routes).map(async (operation) => {
    const { declaration } = await loadHandler(serverless.functions[operation]?.handler ?? '');
    return [operation, declaration] as const;
  });
  return Object.fromEntries(await Promise.all(declarations)) as Record<OperationId, AnyDeclaration>;
}
