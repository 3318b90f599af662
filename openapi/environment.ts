/** Handlers read the environment when they are loaded; nothing of it gets into the description. */
const PLACEHOLDERS = {
  TABLE_NAME: 'none',
  ISSUER: 'https://users-api.invalid',
  AUDIENCE: 'none',
  PUBLIC_KEYS: '{"keys":[{"kty":"RSA","kid":"none","use":"sig","alg":"RS256","n":"AQAB","e":"AQAB"}]}',
};

Object.assign(process.env, PLACEHOLDERS);
