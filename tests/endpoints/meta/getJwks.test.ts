import { expect, inject, test } from 'vitest';
import { get } from '../../support/api.ts';

test('answers the public keys and nothing of the private ones', async () => {
  const answer = await get('/.well-known/jwks.json');
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(JSON.parse(inject('public_keys')));
  for (const key of answer.body.keys) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  }
});

test('may be cached by everybody for 15 minutes', async () => {
  const answer = await get('/.well-known/jwks.json');
  expect(answer.headers['cache-control']).toBe('public, max-age=900');
});

test('answers 304 without a body to whoever has this state already', async () => {
  const { headers } = await get('/.well-known/jwks.json');
  const etag = headers.etag ?? '';
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await get('/.well-known/jwks.json', { headers: { 'If-None-Match': tag } });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
    expect(again.headers.etag).toBe(etag);
  }
  const other = await get('/.well-known/jwks.json', { headers: { 'If-None-Match': '"other"' } });
  expect(other.status).toBe(200);
});
