import type { CallerRule } from '../lib/http/declaration.ts';
import { type OperationId, routes } from '../lib/http/routes.ts';
import type { AnyDeclaration } from './declarations.ts';
import { header, standardHeaders } from './headers.ts';
import { failuresOf, responseName } from './problems.ts';
import { queryParameters, schemaReference } from './schemas.ts';
import { auth } from './texts/auth.ts';
import { service } from './texts/service.ts';
import { own, social } from './texts/social.ts';
import type { OperationText } from './texts/text.ts';
import { users } from './texts/users.ts';

/** A new endpoint without words does not compile. */
const TEXTS: Record<OperationId, OperationText> = { ...auth, ...users, ...social, ...service };

/** How the operations at the caller's own addresses are called. */
const OWN_IDS: Record<keyof typeof own, string> = {
  listFollowers: 'listOwnFollowers',
  listFollowing: 'listOwnFollowing',
};

const SECURITY: Record<CallerRule, Record<string, string[]>[]> = {
  required: [{ access_token: [] }],
  optional: [{ access_token: [] }, {}],
  none: [],
};

/** The operations at one address, by method. */
type PathItem = Record<string, unknown>;

/** Every address with its operations, without a last slash; with one they answer alike. */
export function describePaths(declarations: Record<OperationId, AnyDeclaration>): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const [operation, route] of Object.entries(routes) as [OperationId, (typeof routes)[OperationId]][]) {
    const declaration = declarations[operation];
    const method = route.method.toLowerCase();
    const path = address(route.path);
    paths[path] = {
      ...paths[path],
      [method]: describeOperation(operation, path, TEXTS[operation], declaration, declaration.caller),
    };
    if ('own_path' in route && operation in own) {
      const key = operation as keyof typeof own;
      const ownPath = address(route.own_path);
      const forCaller = { ...declaration, errors: [] };
      paths[ownPath] = {
        [method]: describeOperation(OWN_IDS[key], ownPath, own[key], forCaller, 'required'),
      };
    }
  }
  return paths;
}

const address = (path: string) => path || '/';

function describeOperation(
  operationId: string,
  path: string,
  text: OperationText,
  declaration: AnyDeclaration,
  caller: CallerRule,
) {
  const { tag, summary, description, request } = text;
  const parameters = [
    ...(path.includes('{username}') ? [{ $ref: '#/components/parameters/username' }] : []),
    ...queryParameters(declaration),
    ...(declaration.media_type ? [{ $ref: '#/components/parameters/if_none_match' }] : []),
  ];
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    security: SECURITY[caller],
    ...(parameters.length > 0 && { parameters }),
    ...(request !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaReference('input', declaration),
            examples: { document: { summary, value: request } },
          },
        },
      },
    }),
    responses: Object.fromEntries([
      [String(declaration.status ?? 200), success(text, declaration)],
      ...(declaration.media_type ? [['304', { $ref: '#/components/responses/NotModified' }]] : []),
      ...failuresOf(declaration, caller).map(([status, codes]) => [
        String(status),
        { $ref: `#/components/responses/${responseName(codes)}` },
      ]),
    ]),
  };
}

function success({ answer, summary, response }: OperationText, declaration: AnyDeclaration) {
  const media_type = declaration.media_type?.split(';')[0] ?? 'application/json';
  return {
    description: answer,
    headers: {
      ...standardHeaders,
      'Cache-Control': header('Cache-Control'),
      ...(declaration.media_type && { ETag: header('ETag') }),
    },
    content: {
      [media_type]: {
        schema: schemaReference('output', declaration),
        examples: { document: { summary, value: response } },
      },
    },
  };
}
