import {
  ApiError,
  type ErrorCode,
  InvalidInput,
  MethodNotAllowed,
  NotAuthenticated,
  TokenNotValid,
  Unavailable,
  UserNotFound,
} from '../lib/errors.ts';
import type { CallerRule } from '../lib/http/declaration.ts';
import { STATUS, toProblem } from '../lib/http/problems.ts';
import type { AnyDeclaration } from './declarations.ts';
import { header, standardHeaders } from './headers.ts';

/** When each failure comes, and an error that causes it; the example is what really goes out. */
const FAILURES = {
  invalid: {
    when: 'Something in the request breaks a rule. `errors` names every field or parameter at fault, all at once.',
    thrown: new InvalidInput({
      batch_size: ['This must be at least 1.'],
      email: ['This field is required.'],
    }),
  },
  parse_error: {
    when: 'The body is not JSON.',
    thrown: new ApiError('parse_error', 'The body is not valid JSON.'),
  },
  cannot_follow_self: {
    when: 'The id is the caller’s own.',
    thrown: new ApiError('cannot_follow_self', 'You cannot follow yourself.', {
      following: ['This is your own id.'],
    }),
  },
  not_authenticated: { when: 'No access token was sent.', thrown: new NotAuthenticated() },
  token_not_valid: {
    when: 'A token was sent and refused: expired, revoked, damaged, of the wrong kind, or its account is gone.',
    thrown: new TokenNotValid(),
  },
  no_active_account: {
    when: 'No user has this username, or the password is wrong: the answer is the same.',
    thrown: new ApiError('no_active_account', 'There is no active account with these credentials.'),
  },
  not_found: { when: 'No user has this name or id.', thrown: new UserNotFound() },
  not_following: {
    when: 'The user exists, and the caller does not follow them.',
    thrown: new ApiError('not_following', 'You do not follow this user.'),
  },
  method_not_allowed: {
    when: 'This address was asked with another method; `Allow` lists those that it answers.',
    thrown: new MethodNotAllowed(['GET']),
  },
  username_taken: {
    when: 'Somebody has this username, in whatever case; `errors` names the email too if that is taken as well.',
    thrown: new ApiError('username_taken', 'This username is taken.', {
      username: ['This username is taken.'],
    }),
  },
  email_taken: {
    when: 'Somebody has this email address, in whatever case.',
    thrown: new ApiError('email_taken', 'This email address is taken.', {
      email: ['This email address is taken.'],
    }),
  },
  already_following: {
    when: 'The caller follows this user already.',
    thrown: new ApiError('already_following', 'You follow this user already.'),
  },
  payload_too_large: {
    when: 'The body has more than 64 KiB.',
    thrown: new ApiError('payload_too_large', 'The body may have at most 64 KiB.'),
  },
  unsupported_media_type: {
    when: 'The body is declared as something other than JSON. Without a `Content-Type` it counts as JSON.',
    thrown: new ApiError('unsupported_media_type', 'The body must be application/json.'),
  },
  throttled: {
    when: 'More requests than the gateway takes or, at login, too many failed attempts; `Retry-After` says when to try again.',
    thrown: new ApiError('throttled', 'Too many failed logins; please try again later.'),
  },
  internal_error: {
    when: 'A defect on our side. Quote `X-Request-Id` when you report it.',
    thrown: new ApiError('internal_error', 'Something went wrong on our side.'),
  },
  unavailable: {
    when: 'The service is busy. Nothing was half written; trying again after `Retry-After` is safe.',
    thrown: new Unavailable(undefined),
  },
} satisfies Record<ErrorCode, { when: string; thrown: ApiError }>;

const codes = Object.keys(STATUS) as ErrorCode[];

const HEADERS: Record<number, string[]> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** The schema of every failure's body. */
export const problemSchema = {
  type: 'object',
  description: 'Every failure has this body: problem details (RFC 9457) with a stable `code`.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { const: 'about:blank', description: 'Always `about:blank`: `code` tells problems apart.' },
    title: { type: 'string', description: 'The phrase of the status.' },
    status: { type: 'integer', description: 'The status of the response.' },
    detail: { type: 'string', description: 'One sentence for a person.' },
    code: { enum: codes, description: 'What clients branch on; never renamed.' },
    errors: {
      type: 'object',
      description: 'Sentences for a person, by the field or parameter that they are about.',
      additionalProperties: { type: 'array', minItems: 1, items: { type: 'string' } },
    },
  },
};

/** What any request can meet, at the gateway or in the function. */
const ALWAYS_POSSIBLE = ['method_not_allowed', 'throttled', 'internal_error', 'unavailable'] as const;

/** The failures that an endpoint can answer: its own, and those that follow from what it takes. */
export function failuresOf({ body, query, errors = [] }: AnyDeclaration, caller: CallerRule) {
  const possible = new Set<ErrorCode>([
    ...errors,
    ...(body || query ? (['invalid'] as const) : []),
    ...(body ? (['parse_error', 'payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(caller === 'required' ? (['not_authenticated'] as const) : []),
    ...(caller === 'none' ? [] : (['token_not_valid'] as const)),
    ...ALWAYS_POSSIBLE,
  ]);
  const byStatus = Map.groupBy(
    codes.filter((code) => possible.has(code)),
    (code) => STATUS[code],
  );
  return [...byStatus].sort(([a], [b]) => a - b);
}

/** The name under which the components keep the response for some codes of one status. */
export const responseName = (of: readonly ErrorCode[]) =>
  of.map((code) => code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())).join('Or');

/** The response for some codes of one status, with an example of each. */
export function problemResponse(status: number, of: readonly ErrorCode[]) {
  const specific = HEADERS[status] ?? [];
  return {
    description: of.map((code) => `\`${code}\`: ${FAILURES[code].when}`).join('\n\n'),
    headers: {
      ...standardHeaders,
      ...Object.fromEntries(specific.map((name) => [name, header(name)])),
      'Cache-Control': header('Cache-Control'),
    },
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { status: { const: status }, code: { enum: of } } },
          ],
        },
        examples: Object.fromEntries(
          of.map((code) => [code, { summary: code, value: toProblem(FAILURES[code].thrown).problem }]),
        ),
      },
    },
  };
}
