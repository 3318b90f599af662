import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, inject, test } from 'vitest';
import type { components } from '../../client/schema.ts';
import { newUser } from '../support/users.ts';

type Discovery = components['schemas']['GetOpenidConfigurationAnswer'];

test('another service verifies our access token with nothing but the discovery document', async () => {
  const user = await newUser();

  const discovery = await fetch(`${inject('service')}/.well-known/openid-configuration`);
  const { issuer, jwks_uri, id_token_signing_alg_values_supported } = (await discovery.json()) as Discovery;
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const options = { issuer, audience: 'careers', algorithms: id_token_signing_alg_values_supported };

  const { payload } = await jwtVerify(user.access, keys, { ...options, typ: 'at+jwt' });
  expect(payload).toMatchObject({
    iss: inject('service'),
    sub: String(user.id),
    username: user.username,
    token_type: 'access',
  });
});

test('a verifier that knows nothing but issuer and audience takes no refresh token for an access token', async () => {
  const user = await newUser();
  const keys = createRemoteJWKSet(new URL(`${inject('service')}/.well-known/jwks.json`));
  const expected = { issuer: inject('service'), audience: 'careers' };
  await expect(jwtVerify(user.access, keys, expected)).resolves.toBeDefined();
  await expect(jwtVerify(user.refresh, keys, expected)).rejects.toThrow(/aud/);
});
