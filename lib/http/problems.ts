import { STATUS_CODES } from 'node:http';
import {
  ApiError,
  type ErrorCode,
  type FieldErrors,
  MethodNotAllowed,
  Throttled,
  Unavailable,
} from '../errors.ts';

/** The status that goes out with a code. */
export const STATUS = {
  invalid: 400,
  parse_error: 400,
  cannot_follow_self: 400,
  not_authenticated: 401,
  token_not_valid: 401,
  no_active_account: 401,
  not_found: 404,
  not_following: 404,
  method_not_allowed: 405,
  username_taken: 409,
  email_taken: 409,
  already_following: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  throttled: 429,
  internal_error: 500,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** The one body of every failure: problem details (RFC 9457) with a stable `code`. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldErrors;
}

/** A failure as it goes out. */
export interface ProblemResponse {
  problem: Problem;
  headers: Record<string, string>;
}

/** Translates whatever was thrown. What is no `ApiError` is a defect: 500, and nothing of it shows. */
export function toProblem(thrown: unknown): ProblemResponse {
  const error = thrown instanceof ApiError ? thrown : internalError;
  const status = STATUS[error.code];
  return {
    problem: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? '',
      status,
      detail: error.detail,
      code: error.code,
      ...(error.errors && { errors: error.errors }),
    },
    headers: { ...challenge(error), ...retryAfter(error), ...allow(error) },
  };
}

const internalError = new ApiError('internal_error', 'Something went wrong on our side.');

/** RFC 6750, section 3: every 401 says how to authenticate, and says so if a token was refused. */
function challenge({ code }: ApiError) {
  if (STATUS[code] !== 401) return {};
  return { 'WWW-Authenticate': code === 'token_not_valid' ? 'Bearer error="invalid_token"' : 'Bearer' };
}

const retryAfter = (error: ApiError) =>
  error instanceof Unavailable || error instanceof Throttled
    ? { 'Retry-After': String(error.retry_after) }
    : {};

const allow = (error: ApiError) =>
  error instanceof MethodNotAllowed ? { Allow: error.allow.join(', ') } : {};
