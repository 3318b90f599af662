import * as v from 'valibot';
import { config } from '../../lib/config.ts';
import { publicDocument } from '../../lib/http/document.ts';
import { ALGORITHM, CLAIMS } from '../../lib/tokenRules.ts';

const MAX_AGE = 60 * 60;

/**
 * What a verifier needs of OpenID Connect Discovery 1.0, section 3, and no more: we sign tokens, but are no OpenID
 * provider that a browser could be sent to. The members about ID tokens are required there and say how we sign.
 */
const Discovery = v.object({
  issuer: v.string(),
  jwks_uri: v.string(),
  response_types_supported: v.array(v.string()),
  subject_types_supported: v.array(v.string()),
  id_token_signing_alg_values_supported: v.array(v.string()),
  claims_supported: v.array(v.string()),
  service_documentation: v.string(),
});

const discovery: v.InferInput<typeof Discovery> = {
  issuer: config.ISSUER,
  jwks_uri: `${config.ISSUER}/.well-known/jwks.json`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: [ALGORITHM],
  claims_supported: [...CLAIMS, 'client_id'],
  service_documentation: `${config.ISSUER}/docs/`,
};

export const handler = publicDocument(
  {
    operation: 'getOpenidConfiguration',
    caller: 'none',
    media_type: 'application/json',
    max_age: MAX_AGE,
    answer: Discovery,
  },
  JSON.stringify(discovery),
);
