import type { CallerRule } from '../lib/http/declaration.ts';
import { type OperationId, routes } from '../lib/http/routes.ts';
import { type AnyDeclaration, addressOf } from './declarations.ts';
import { headersOf } from './headers.ts';
import { describeCodes, failuresOf, responseName } from './problems.ts';
import { parameters, schemaReference } from './schemas.ts';
import type { OperationText } from './texts/text.ts';
import { TEXTS } from './texts/texts.ts';

const SECURITY: Record<CallerRule, Record<string, string[]>[]> = {
  required: [{ access_token: [] }],
  optional: [{ access_token: [] }, {}],
  none: [],
};

/** The operations at one address, by method. */
type PathItem = Record<string, unknown>;

/** Every address with its operations. */
export function describePaths(declarations: Record<OperationId, AnyDeclaration>): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const declaration of Object.values(declarations)) {
    const { method } = routes[declaration.operation];
    const address = addressOf(declaration);
    paths[address] = { ...paths[address], [method.toLowerCase()]: describeOperation(declaration) };
  }
  return paths;
}

function describeOperation(declaration: AnyDeclaration) {
  const { operation, caller, status = 200, media_type } = declaration;
  const text = TEXTS[operation];
  const { tag, summary, description, request } = text;
  const taken = parameters(declaration);
  return {
    operationId: operation,
    tags: [tag],
    summary,
    description,
    security: SECURITY[caller],
    ...(taken.length > 0 && { parameters: taken }),
    ...(request !== undefined && {
      requestBody: {
        required: true,
        content: content('application/json', schemaReference('input', declaration), summary, request),
      },
    }),
    responses: {
      [status]: success(text, declaration),
      ...(media_type && { 304: { $ref: '#/components/responses/NotModified' } }),
      ...Object.fromEntries(
        failuresOf(declaration).map(([status, codes]) => [
          status,
          { $ref: `#/components/responses/${responseName(status)}`, description: describeCodes(codes) },
        ]),
      ),
    },
  };
}

function success({ answer, summary, response }: OperationText, declaration: AnyDeclaration) {
  const [media_type = ''] = declaration.media_type?.split(';') ?? ['application/json'];
  return {
    description: answer,
    headers: headersOf(
      ...(declaration.media_type ? ['ETag'] : []),
      ...Object.keys(declaration.headers ?? {}),
      ...(declaration.repeatable ? ['Idempotency-Replayed'] : []),
    ),
    content: content(media_type, schemaReference('output', declaration), summary, response),
  };
}

/** A body with its example, the one of the API document where that has one. */
const content = (media_type: string, schema: object, summary: string, value: unknown) => ({
  [media_type]: { schema, examples: { document: { summary, value } } },
});
