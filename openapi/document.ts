import type { OperationId } from '../lib/http/routes.ts';
import { BODY_LIMIT_KIB } from '../lib/problems.ts';
import { ALGORITHM } from '../lib/tokenRules.ts';
import type { AnyDeclaration } from './declarations.ts';
import { headers, headersOf } from './headers.ts';
import { describePaths } from './operations.ts';
import { problemResponses } from './problems.ts';
import { componentSchemas } from './schemas.ts';
import { ACCESS_LIFE, REFRESH_LIFE } from './texts/text.ts';

const DESCRIPTION = `Sign-up, login, profiles, user search and the follow graph of a mobile careers app.

**Addresses** end in a slash, but for those of files; they answer the same without it.

**Tokens.** Register or log in, then send \`Authorization: Bearer <access token>\`. Access tokens live ${ACCESS_LIFE}, refresh tokens ${REFRESH_LIFE}; they are JWTs signed with ${ALGORITHM}, and the two kinds are never accepted in each other’s place. A token that is sent must be valid even where none is needed. Every 401 carries \`WWW-Authenticate\`, which API Gateway renames to \`x-amzn-Remapped-WWW-Authenticate\` on its way: read either, or build on \`code\`.

**Bodies** are JSON objects of at most ${BODY_LIMIT_KIB} KiB with \`snake_case\` names. Unknown members are ignored; a member of the wrong type, \`null\` included, is an error of that field. Unset text is \`""\`, an unset avatar \`null\`. Text is trimmed (passwords never), normalised to Unicode NFC, and must not contain control characters (but for tabs and line breaks in \`bio\` and \`search\`) nor, where it will be shown, characters that cannot be seen and that neither its script nor its emoji need. Times are UTC in whole seconds.

**Queries.** An empty parameter counts as absent; a bad one is named in \`errors\`.

**Failures** have one shape, problem details (RFC 9457), with a stable \`code\`. An unknown address is 404 \`not_found\`, another method 405 \`method_not_allowed\` with \`Allow\`. A 503 means that nothing was half written: try again after \`Retry-After\`.

**Headers.** Every response has an \`X-Request-Id\`. Nothing may be cached except this description, the reference page and what is under \`.well-known\`.`;

const TAGS = {
  Authentication: 'Accounts and tokens.',
  Sessions: 'Where the caller is logged in.',
  Users: 'The directory and profiles.',
  Social: 'Who follows whom.',
  Statistics: 'The caller’s counts.',
  Service: 'What other services and tools read.',
};

/** The OpenAPI description of the API, from the declarations that the handlers run on. */
export function describeApi(declarations: Record<OperationId, AnyDeclaration>, version: string) {
  const all = Object.values(declarations);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Users API',
      version,
      description: DESCRIPTION,
      contact: { name: 'The Users API team' },
      license: { name: 'Unlicensed', identifier: 'LicenseRef-Unlicensed' },
    },
    servers: [{ url: '/careers/users', description: 'Below the host that serves this description' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: describePaths(declarations),
    components: {
      securitySchemes: {
        access_token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token that register, login and refresh answer.',
        },
      },
      headers,
      responses: {
        NotModified: {
          description: 'The copy at hand is as good as new.',
          headers: headersOf('ETag'),
        },
        ...problemResponses(all),
      },
      schemas: componentSchemas(all),
    },
  };
}
