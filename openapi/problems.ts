import { STATUS_CODES } from 'node:http';
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

/** The phrase of a status in one word, by which the components keep what belongs to it. */
export const responseName = (status: number) => (STATUS_CODES[status] ?? '').replaceAll(' ', '');

const problem = {
  type: 'object',
  description: 'Every failure has this body: problem details (RFC 9457) with a stable `code`.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: {
      type: 'string',
      const: 'about:blank',
      description: 'Always `about:blank`: `code` tells problems apart.',
    },
    title: { type: 'string', description: 'The phrase of the status.' },
    status: { type: 'integer', format: 'int32', description: 'The status of the response.' },
    detail: { type: 'string', description: 'One sentence for a person.' },
    code: { $ref: '#/components/schemas/ProblemCode' },
    errors: {
      type: 'object',
      description: 'Sentences for a person, by the field or parameter that they are about.',
      additionalProperties: { type: 'array', minItems: 1, items: { type: 'string' } },
    },
  },
};

/** The body of every failure, the codes that it may have, and what both narrow down to at each status. */
export function problemSchemas(declarations: AnyDeclaration[]) {
  const narrowed = codesByStatus(declarations).map(([status, of]) => [
    `${responseName(status)}Problem`,
    {
      description: `A failure with status ${status}.`,
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        {
          type: 'object',
          required: ['status', 'code'],
          properties: {
            status: { type: 'integer', format: 'int32', const: status },
            code: { type: 'string', enum: of },
          },
        },
      ],
    },
  ]);
  return {
    Problem: problem,
    ProblemCode: {
      type: 'string',
      enum: codes,
      description: 'What clients branch on; never renamed, and there may be more of them one day.',
    },
    ...Object.fromEntries(narrowed),
  };
}

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
  return byStatus(codes.filter((code) => possible.includes(code)));
}

/** The codes that any of these endpoints can answer, by status. */
function codesByStatus(declarations: AnyDeclaration[]) {
  const possible = new Set(declarations.flatMap(failuresOf).flatMap(([, of]) => of));
  return byStatus(codes.filter((code) => possible.has(code)));
}

const byStatus = (of: ErrorCode[]) =>
  [...Map.groupBy(of, (code) => PROBLEMS[code].status)].sort(([a], [b]) => a - b);

/** When each of these codes is answered, a paragraph for each. */
export const describeCodes = (of: readonly ErrorCode[]) =>
  of.map((code) => `\`${code}\`: ${PROBLEMS[code].when}`).join('\n\n');

/** The responses to failures, by {@link responseName}. What a single endpoint can answer of them it says itself. */
export function problemResponses(declarations: AnyDeclaration[]) {
  const responses = codesByStatus(declarations).map(([status, of]) => [
    responseName(status),
    problemResponse(status, of),
  ]);
  return Object.fromEntries(responses);
}

/** The response for the codes of one status, with an example of each. */
function problemResponse(status: number, of: readonly ErrorCode[]) {
  const { 'Content-Type': media_type = '', ...specific } = Object.assign(
    {},
    ...of.map((code) => example(code).headers),
  );
  return {
    description: describeCodes(of),
    headers: headersOf(...Object.keys(specific)),
    content: {
      [media_type]: {
        schema: { $ref: `#/components/schemas/${responseName(status)}Problem` },
        examples: Object.fromEntries(
          of.map((code) => [code, { summary: code, value: example(code).problem }]),
        ),
      },
    },
  };
}
