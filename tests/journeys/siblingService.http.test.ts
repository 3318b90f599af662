import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { describe, expect, inject, test } from 'vitest';
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

describe('a strict validator of access tokens as RFC 9068 has them takes an access token, and no refresh token', () => {
  test('oauth4webapi', async () => {
    const user = await newUser();
    const issuer = new URL(inject('service'));
    const insecure = { [oauth.allowInsecureRequests]: true };
    const found = await oauth.discoveryRequest(issuer, insecure);
    const server = await oauth.processDiscoveryResponse(issuer, found);
    const validate = (token: string) => {
      const request = new Request(issuer, { headers: { Authorization: `Bearer ${token}` } });
      return oauth.validateJwtAccessToken(server, request, 'careers', insecure);
    };
    await expect(validate(user.access)).resolves.toMatchObject({
      sub: String(user.id),
      client_id: 'careers',
    });
    await expect(validate(user.refresh)).rejects.toThrow(/JWT/);
  });

  test('express-oauth2-jwt-bearer', async () => {
    const user = await newUser();
    const middleware = auth({ issuerBaseURL: inject('service'), audience: 'careers', strict: true });
    const validate = (token: string) => {
      const { host } = new URL(inject('service'));
      const request = {
        get: () => host,
        ...{ protocol: 'http', originalUrl: '/' },
        headers: { authorization: `Bearer ${token}` },
        is: () => false,
        ...{ method: 'GET', protocol: 'http', url: '/posts', query: {} },
      };
      const { promise, resolve } = Promise.withResolvers<unknown>();
      middleware(request as never, {} as never, resolve);
      return promise;
    };
    expect(await validate(user.access)).toBeUndefined();
    expect(await validate(user.refresh)).toMatchObject({ status: 401 });
  });
});
