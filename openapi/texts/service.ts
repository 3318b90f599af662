import { ALGORITHM, CLAIMS, CLIENT_ID, KEY_TYPE, TOKENS } from '../../lib/tokenRules.ts';
import type { OperationText } from './text.ts';

const ISSUER = 'https://api.example.com/careers/users';

/** Statistics, and what other services and tools read. */
export const service = {
  getMyStats: {
    tag: 'Statistics',
    summary: 'Get my statistics',
    description:
      'All of the caller’s counts. Posts, likes and comments are counted from events of the posts service and so lag a little behind; followers and followed users are exact.',
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
      'The public keys that verify our tokens, so that other services can check a token without calling us. A new key appears here before it signs, and an old one stays until its last token has expired.',
    answer: 'A JSON Web Key Set (RFC 7517, section 5).',
    response: {
      keys: [
        { kty: KEY_TYPE, kid: '2024-01-15-1f0c', use: 'sig', alg: ALGORITHM, n: '0vx7agoebG…', e: 'AQAB' },
      ],
    },
  },
  getOpenidConfiguration: {
    tag: 'Service',
    summary: 'Discovery document',
    description: `Tells verifiers, API Gateway’s JWT authorizers included, who issues our tokens and where the keys are. There is no authorization endpoint: users log in at \`/login/\`.\n\nA verifier must accept access tokens only: header \`typ\` is \`${TOKENS.access.typ}\`, claim \`token_type\` is \`access\`, \`iss\` is the issuer and \`aud\` the audience of the deployment. Access tokens are JWTs as RFC 9068 has them; their \`client_id\` is \`${CLIENT_ID}\` for everybody.`,
    answer: 'A discovery document (OpenID Connect Discovery 1.0, section 3).',
    response: {
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [ALGORITHM],
      claims_supported: [...CLAIMS, 'client_id'],
      service_documentation: `${ISSUER}/docs/`,
    },
  },
  getOpenapi: {
    tag: 'Service',
    summary: 'API description',
    description: 'This API as OpenAPI 3.1, with the address of the deployment that answers.',
    answer: 'An OpenAPI 3.1 description.',
    response: { openapi: '3.1.1' },
  },
  getDocs: {
    tag: 'Service',
    summary: 'Reference page',
    description: 'This API to read and to try out, on one page that loads nothing from anywhere else.',
    answer: 'A page of HTML.',
    response: '<!doctype html>…',
  },
} satisfies Record<string, OperationText>;
