import { STATUS_CODES } from 'node:http';

interface Kind {
  status: number;
  /** What the client is told: one sentence for a person. */
  detail: string;
  /** When this happens, for the API description. */
  when: string;
  /** Seconds until another try makes sense, where nothing more precise is known. */
  retry_after?: number;
}

/** Largest body of a request, in KiB. */
export const BODY_LIMIT_KIB = 64;

/**
 * Every way in which a request can fail, by the stable `code` that clients branch on. The responses of functions and
 * of the gateway, the API description and the tests read this table.
 */
export const PROBLEMS = {
  invalid: {
    status: 400,
    detail: 'Some fields are not valid.',
    when: 'Something in the request breaks a rule. `errors` names every field or parameter at fault, all at once.',
  },
  parse_error: { status: 400, detail: 'The body is not valid JSON.', when: 'The body is not JSON.' },
  cannot_follow_self: {
    status: 400,
    detail: 'You cannot follow yourself.',
    when: 'The id is the caller’s own.',
  },
  link_not_valid: {
    status: 400,
    detail: 'This link is no longer good; please ask for another one.',
    when: 'The token of a mailed link is unknown, used, expired, for another purpose, or overtaken by a later change.',
  },
  cannot_block_self: {
    status: 400,
    detail: 'You cannot block yourself.',
    when: 'The id is the caller’s own.',
  },
  not_authenticated: {
    status: 401,
    detail: 'This needs an access token: Authorization: Bearer <access token>.',
    when: 'No access token was sent.',
  },
  token_not_valid: {
    status: 401,
    // One sentence for every reason, so that it tells an attacker nothing.
    detail: 'The token is invalid or expired.',
    when: 'A token was sent and refused: expired, revoked, damaged, of the wrong kind, or its account is gone.',
  },
  token_reused: {
    status: 401,
    detail: 'This token was used before the one that replaced it; the session has ended.',
    when: 'A refresh token came back after the one that replaced it was used: somebody else has a copy, so the session ends.',
  },
  no_active_account: {
    status: 401,
    detail: 'There is no active account with these credentials.',
    when: 'No user has this username, or the password is wrong: the answer is the same.',
  },
  account_suspended: {
    status: 403,
    detail: 'This account is suspended.',
    when: 'An operator has suspended the account. Only whoever has its password, or a token of it, is told.',
  },
  cannot_follow: {
    status: 403,
    detail: 'You cannot follow this user.',
    when: 'One of the two users blocks the other; which one is not said.',
  },
  not_found: {
    status: 404,
    detail: 'There is no such user.',
    when: 'No user has this name or id.',
  },
  not_following: {
    status: 404,
    detail: 'You do not follow this user.',
    when: 'The user exists, and the one of the two does not follow the other.',
  },
  not_blocked: {
    status: 404,
    detail: 'You do not block this user.',
    when: 'The user exists, and the caller does not block them.',
  },
  method_not_allowed: {
    status: 405,
    detail: 'This address does not answer this method.',
    when: 'This address was asked with another method; `Allow` lists those that it answers.',
  },
  username_taken: {
    status: 409,
    detail: 'This username is taken.',
    when: 'Somebody has this username, in any case. Then nothing is said about the email address.',
  },
  email_taken: {
    status: 409,
    detail: 'This email address is taken.',
    when: 'Somebody has this email address, in any case.',
  },
  already_following: {
    status: 409,
    detail: 'You follow this user already.',
    when: 'The caller follows this user already.',
  },
  already_blocked: {
    status: 409,
    detail: 'You block this user already.',
    when: 'The caller blocks this user already.',
  },
  payload_too_large: {
    status: 413,
    detail: `The body may have at most ${BODY_LIMIT_KIB} KiB.`,
    when: `The body has more than ${BODY_LIMIT_KIB} KiB.`,
  },
  unsupported_media_type: {
    status: 415,
    detail: 'The body must be application/json.',
    when: 'The body is declared as something other than JSON. Without a `Content-Type` it counts as JSON.',
  },
  idempotency_key_reused: {
    status: 422,
    detail: 'This Idempotency-Key belongs to another request.',
    when: 'Another request took effect under this `Idempotency-Key` within the last 24 hours.',
  },
  throttled: {
    status: 429,
    detail: 'There were too many attempts; please try again later.',
    when: 'More requests than the gateway takes or this caller may make or, at login, too many failed attempts; `Retry-After` says when to try again.',
    retry_after: 1,
  },
  internal_error: {
    status: 500,
    detail: 'Something went wrong on our side.',
    when: 'A defect on our side. Quote `X-Request-Id` when you report it.',
  },
  unavailable: {
    status: 503,
    detail: 'The service is busy; please try again in a moment.',
    when: 'The service is busy. Nothing was half written; trying again after `Retry-After` is safe.',
    retry_after: 1,
  },
} as const satisfies Record<string, Kind>;

/** The stable name of a way to fail. */
export type ErrorCode = keyof typeof PROBLEMS;

/** What is said of an address at which nothing is, rather than of a user. */
export const NOTHING_HERE = 'There is nothing at this address.';

/** Sentences for a person, by the field or parameter that they are about. */
export type FieldErrors = Record<string, string[]>;

interface Particulars {
  /** Another sentence than the table has. */
  detail?: string;
  errors?: FieldErrors;
  /** Seconds until another try makes sense. */
  retry_after?: number;
  /** The methods that the address answers (RFC 9110, section 15.5.6). */
  allow?: readonly string[];
  /** Why; logged by name, never shown. */
  cause?: unknown;
}

/** A failure that the client is told about. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly errors: FieldErrors | undefined;
  readonly retry_after: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(code: ErrorCode, { detail, errors, retry_after, allow, cause }: Particulars = {}) {
    const kind: Kind = PROBLEMS[code];
    super(detail ?? kind.detail, { cause });
    this.code = code;
    this.errors = errors;
    this.retry_after = retry_after ?? kind.retry_after;
    this.allow = allow;
  }
}

/** The input breaks rules: `errors` names every field at fault. */
export const invalid = (errors: FieldErrors) => new ApiError('invalid', { errors });

/** Something of ours is not as it must be. The message quotes no data, so it may be logged; no client sees it. */
export class Defect extends Error {
  override readonly name: string = 'Defect';
}

/** The one body of every failure: problem details (RFC 9457) with a stable `code`. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldErrors;
}

/** A failure as it goes out, with the headers that belong to it. */
export function toProblem({ code, message, errors, retry_after, allow }: ApiError) {
  const { status } = PROBLEMS[code];
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail: message,
    code,
    ...(errors && { errors }),
  };
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json',
    // RFC 6750, section 3: every 401 says how to authenticate, and says so if a token was refused.
    ...(status === 401 && {
      'WWW-Authenticate': code.startsWith('token_') ? 'Bearer error="invalid_token"' : 'Bearer',
    }),
    ...(retry_after !== undefined && { 'Retry-After': String(retry_after) }),
    ...(allow && { Allow: allow.join(', ') }),
  };
  return { problem, headers };
}
