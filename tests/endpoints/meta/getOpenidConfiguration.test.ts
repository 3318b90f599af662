import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';

test('names the issuer, where its keys are, and how it signs', async () => {
  const { status, headers, body } = await get('/.well-known/openid-configuration');
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('public, max-age=3600');
  expect(body).toMatchObject({
    issuer: process.env.ISSUER,
    jwks_uri: `${process.env.ISSUER}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
  });
});
