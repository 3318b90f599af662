import { ApiError, type ErrorCode, type FieldErrors, PROBLEMS, toProblem } from '../lib/problems.ts';
import type { AnyDeclaration } from './declarations.ts';
import { headersOf } from './headers.ts';

/** What only a request can tell: the fields at fault, and the methods of its address. */
const EXAMPLES: Partial<Record<ErrorCode, { errors?: FieldErrors; allow?: string[] }>> = {
  invalid: { errors: { batch_size: ['This must be at least 1.'], email: ['This field is required.'] } },
  cannot_follow_self: { errors: { following: ['This is your own id.'] } },
  cannot_block_self: { errors: { blocked: ['This is your own id.'] } },
  username_taken: { errors: { username: [PROBLEMS.username_taken.detail] } },
  email_taken: { errors: { email: [PROBLEMS.email_taken.detail] } },
  method_not_allowed: { allow: ['GET'] },
};

const codes = Object.keys(PROBLEMS) as ErrorCode[];

/** A failure as it goes out. */
const example = (code: ErrorCode) => toProblem(new ApiError(code, EXAMPLES[code]));

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

/** The failures that an endpoint can answer, by status: its own, and those that follow from what it takes. */
export function failuresOf({ caller, path, query, body, repeatable, errors = [] }: AnyDeclaration) {
  const possible: (ErrorCode | false | undefined)[] = [
    ...errors,
    path && 'not_found',
    (body || query) && 'invalid',
    ...(body ? (['parse_error', 'payload_too_large', 'unsupported_media_type'] as const) : []),
    caller === 'required' && 'not_authenticated',
    caller !== 'none' && 'token_not_valid',
    ...(repeatable ? (['invalid', 'idempotency_key_reused'] as const) : []),
    // What any request can meet, at the gateway or in the function.
    ...(['method_not_allowed', 'throttled', 'internal_error', 'unavailable'] as const),
  ];
  const byStatus = Map.groupBy(
    codes.filter((code) => possible.includes(code)),
    (code) => PROBLEMS[code].status,
  );
  return [...byStatus].sort(([a], [b]) => a - b);
}

/** The name under which the components keep the response for some codes of one status. */
export const responseName = (of: readonly ErrorCode[]) =>
  of.map((code) => code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())).join('Or');

/** The responses of all these endpoints to failures, by name. */
export function problemResponses(declarations: AnyDeclaration[]) {
  const responses = declarations
    .flatMap(failuresOf)
    .map(([status, of]) => [responseName(of), problemResponse(status, of)] as const);
  return Object.fromEntries(responses.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The response for some codes of one status, with an example of each. */
function problemResponse(status: number, of: readonly ErrorCode[]) {
  const { 'Content-Type': media_type = '', ...specific } = Object.assign(
    {},
    ...of.map((code) => example(code).headers),
  );
  return {
    description: of.map((code) => `\`${code}\`: ${PROBLEMS[code].when}`).join('\n\n'),
    headers: headersOf(...Object.keys(specific)),
    content: {
      [media_type]: {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { status: { const: status }, code: { enum: of } } },
          ],
        },
        examples: Object.fromEntries(
          of.map((code) => [code, { summary: code, value: example(code).problem }]),
        ),
      },
    },
  };
}
