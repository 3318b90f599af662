/* What API Gateway answers by itself, in the error shape of the API: requests that never reach a function. */

const refusedToken = {
  status: 401,
  title: 'Unauthorized',
  code: 'token_not_valid',
  detail: 'The token is invalid or expired.',
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
};
const notFound = {
  status: 404,
  title: 'Not Found',
  code: 'not_found',
  detail: 'There is nothing at this address.',
};
const invalid = {
  status: 400,
  title: 'Bad Request',
  code: 'invalid',
  detail: 'The request could not be understood.',
};
const throttled = {
  status: 429,
  title: 'Too Many Requests',
  code: 'throttled',
  detail: 'There were too many requests; please try again in a moment.',
  headers: { 'Retry-After': '1' },
};
const unavailable = {
  status: 503,
  title: 'Service Unavailable',
  code: 'unavailable',
  detail: 'The service is busy; please try again in a moment.',
  headers: { 'Retry-After': '1' },
};
const internalError = {
  status: 500,
  title: 'Internal Server Error',
  code: 'internal_error',
  detail: 'Something went wrong on our side.',
};

const answers = {
  DEFAULT_4XX: invalid,
  BAD_REQUEST_BODY: invalid,
  BAD_REQUEST_PARAMETERS: invalid,
  // The gateway itself takes no credentials: whatever it makes of an Authorization header was no token of ours.
  ACCESS_DENIED: refusedToken,
  EXPIRED_TOKEN: refusedToken,
  INVALID_API_KEY: refusedToken,
  INVALID_SIGNATURE: refusedToken,
  UNAUTHORIZED: refusedToken,
  // This is what the gateway says of a path that it does not know.
  MISSING_AUTHENTICATION_TOKEN: notFound,
  RESOURCE_NOT_FOUND: notFound,
  WAF_FILTERED: { status: 403, title: 'Forbidden', code: 'invalid', detail: 'The request was refused.' },
  REQUEST_TOO_LARGE: {
    status: 413,
    title: 'Content Too Large',
    code: 'payload_too_large',
    detail: 'The body may have at most 64 KiB.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported Media Type',
    code: 'unsupported_media_type',
    detail: 'The body must be application/json.',
  },
  THROTTLED: throttled,
  QUOTA_EXCEEDED: throttled,
  DEFAULT_5XX: internalError,
  // The function took too long, or none could be started.
  INTEGRATION_FAILURE: unavailable,
  INTEGRATION_TIMEOUT: unavailable,
};

const STANDARD_HEADERS = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After, WWW-Authenticate',
};

function gatewayResponse(ResponseType, { headers, ...problem }) {
  const fixed = Object.entries({ ...STANDARD_HEADERS, ...headers });
  const { status, title, detail, code } = problem;
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: { Ref: 'ApiGatewayRestApi' },
      ResponseType,
      StatusCode: String(status),
      ResponseParameters: {
        ...Object.fromEntries(fixed.map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`])),
        'gatewayresponse.header.X-Request-Id': 'context.requestId',
      },
      ResponseTemplates: {
        'application/json': JSON.stringify({ type: 'about:blank', title, status, detail, code }),
      },
    },
  };
}

const logicalName = (type) =>
  `On${type
    .split('_')
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join('')}`;

module.exports = {
  Resources: Object.fromEntries(
    Object.entries(answers).map(([type, answer]) => [logicalName(type), gatewayResponse(type, answer)]),
  ),
};
