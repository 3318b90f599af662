import type { OperationText } from './text.ts';

const ISSUER = 'https://api.example.com/careers/users';

/** Statistics, and what other services and tools read. */
export const service = {
  getMyStats: {
    tag: 'Statistics',
    summary: 'Get my statistics',
    description:
      'All counts of the caller. Posts, likes and comments are counted from events of the posts service, so they follow with a short delay; followers and followed are exact.',
    answer: 'The counts.',
    response: {
      posts_count: 15,
      followers_count: 42,
      following_count: 28,
      likes_received: 156,
      comments_received: 89,
    },
  },
  getJwks: {
    tag: 'Service',
    summary: 'Public keys',
    description:
      'The public keys that verify our tokens, so that other services check a token without calling us. A new key is here before it signs, and an old one stays until its last token has run out.',
    answer: 'The key set.',
    response: {
      keys: [{ kty: 'RSA', kid: '2024-01-15-1f0c', use: 'sig', alg: 'RS256', n: '0vx7agoebG…', e: 'AQAB' }],
    },
  },
  getOpenidConfiguration: {
    tag: 'Service',
    summary: 'Discovery document',
    description:
      'Where a verifier finds issuer and keys, API Gateway’s JWT authorizers included. There is no authorization endpoint: users log in at `/login`.\n\nA verifier accepts access tokens only: header `typ` is `at+jwt`, claim `token_type` is `access`, `iss` is the issuer and `aud` the audience of the deployment.',
    answer: 'The document.',
    response: {
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['iss', 'aud', 'sub', 'username', 'token_type', 'jti', 'iat', 'exp'],
      service_documentation: `${ISSUER}/docs/`,
    },
  },
  getOpenapi: {
    tag: 'Service',
    summary: 'This description',
    description: 'This API as OpenAPI 3.1, with the address of the deployment that answers.',
    answer: 'The description.',
    response: { openapi: '3.1.1' },
  },
  getDocs: {
    tag: 'Service',
    summary: 'Reference page',
    description: 'This API to read and to try out, in one page that loads nothing from anywhere else.',
    answer: 'The page.',
    response: '<!doctype html>…',
  },
} satisfies Record<string, OperationText>;
