/** Every way in which a request can fail, as the stable `code` that clients branch on. */
export type ErrorCode =
  | 'invalid'
  | 'parse_error'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'not_authenticated'
  | 'token_not_valid'
  | 'no_active_account'
  | 'not_found'
  | 'method_not_allowed'
  | 'username_taken'
  | 'email_taken'
  | 'already_following'
  | 'not_following'
  | 'cannot_follow_self'
  | 'throttled'
  | 'internal_error'
  | 'unavailable';

/** Sentences for a person, by the field or parameter that they are about. */
export type FieldErrors = Record<string, string[]>;

/** A failure that the client is told about: `detail` is one sentence for a person, shown as it is. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: FieldErrors | undefined;

  constructor(code: ErrorCode, detail: string, errors?: FieldErrors) {
    super(detail);
    this.code = code;
    this.detail = detail;
    this.errors = errors;
  }
}

/** The input breaks a rule; `errors` names every field at fault. */
export class InvalidInput extends ApiError {
  override readonly name = 'InvalidInput';

  constructor(errors: FieldErrors) {
    super('invalid', 'Some fields are not valid.', errors);
  }
}

/** The endpoint needs an access token and the request has none. */
export class NotAuthenticated extends ApiError {
  override readonly name = 'NotAuthenticated';

  constructor() {
    super('not_authenticated', 'This needs an access token: Authorization: Bearer <access token>.');
  }
}

/** A bearer token was refused. One sentence for every reason, so that it tells an attacker nothing. */
export class TokenNotValid extends ApiError {
  override readonly name = 'TokenNotValid';

  constructor() {
    super('token_not_valid', 'The token is invalid or expired.');
  }
}

/** No user has the name or id that the request gives. */
export class UserNotFound extends ApiError {
  override readonly name = 'UserNotFound';

  constructor() {
    super('not_found', 'There is no such user.');
  }
}

/** The resource exists, under other methods: `allow` lists them (RFC 9110, section 15.5.6). */
export class MethodNotAllowed extends ApiError {
  override readonly name = 'MethodNotAllowed';

  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super('method_not_allowed', `This address answers ${allow.join(', ')} only.`);
    this.allow = allow;
  }
}

/** Something of ours is not as it must be. The message quotes no data, so it may be logged; no client sees it. */
export class Defect extends Error {
  override readonly name: string = 'Defect';
}

/** Too many attempts; until the time is over the answer is no, whatever the request says. */
export class Throttled extends ApiError {
  override readonly name = 'Throttled';
  /** Seconds until another try makes sense. */
  readonly retry_after: number;

  constructor(retry_after: number) {
    super('throttled', 'There were too many failed attempts; please try again later.');
    this.retry_after = retry_after;
  }
}

/** The request can be served, but not now; nothing was half written, and trying again is safe. */
export class Unavailable extends ApiError {
  override readonly name = 'Unavailable';
  /** Seconds until another try makes sense. */
  readonly retry_after = 1;

  constructor(cause: unknown) {
    super('unavailable', 'The service is busy; please try again in a moment.');
    this.cause = cause;
  }
}
