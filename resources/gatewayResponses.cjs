/* What API Gateway answers by itself, when a request reaches no function: what a function would say. */
const { STANDARD_HEADERS } = require('../lib/http/headers.ts');
const { ApiError, NOTHING_HERE, toProblem } = require('../lib/problems.ts');

const ANSWERS = [
  {
    failure: new ApiError('invalid', { detail: 'The request could not be understood.' }),
    types: ['DEFAULT_4XX', 'BAD_REQUEST_BODY', 'BAD_REQUEST_PARAMETERS', 'WAF_FILTERED'],
  },
  {
    failure: new ApiError('not_found', { detail: NOTHING_HERE }),
    types: [
      'MISSING_AUTHENTICATION_TOKEN',
      'RESOURCE_NOT_FOUND',
      // The gateway checks no credentials of ours. Where no function answers, it takes an Authorization header for a
      // signature of AWS and refuses that, however good the token in it is.
      'ACCESS_DENIED',
      'EXPIRED_TOKEN',
      'INVALID_API_KEY',
      'INVALID_SIGNATURE',
      'UNAUTHORIZED',
    ],
  },
  { failure: new ApiError('payload_too_large'), types: ['REQUEST_TOO_LARGE'] },
  { failure: new ApiError('unsupported_media_type'), types: ['UNSUPPORTED_MEDIA_TYPE'] },
  { failure: new ApiError('throttled'), types: ['THROTTLED', 'QUOTA_EXCEEDED'] },
  { failure: new ApiError('internal_error'), types: ['DEFAULT_5XX'] },
  // The function took too long, or none could be started.
  { failure: new ApiError('unavailable'), types: ['INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT'] },
];

function gatewayResponse(type, failure) {
  const { problem, headers } = toProblem(failure);
  const fixed = Object.entries({ ...STANDARD_HEADERS, ...headers });
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: { Ref: 'ApiGatewayRestApi' },
      ResponseType: type,
      StatusCode: String(problem.status),
      ResponseParameters: {
        ...Object.fromEntries(fixed.map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`])),
        'gatewayresponse.header.X-Request-Id': 'context.requestId',
      },
      ResponseTemplates: { 'application/json': JSON.stringify(problem) },
    },
  };
}

/** `THROTTLED` becomes `OnThrottled`, and so on. */
const logicalName = (type) =>
  `On${type.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase())}`;

module.exports = {
  Resources: Object.fromEntries(
    ANSWERS.flatMap(({ failure, types }) =>
      types.map((type) => [logicalName(type), gatewayResponse(type, failure)]),
    ),
  ),
};
