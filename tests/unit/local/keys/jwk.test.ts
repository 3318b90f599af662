import { exportJWK, generateKeyPair, generateSecret, importJWK } from 'jose';
import { expect, test } from 'vitest';
import { generateSigningKey, publicKeys } from '../../../../local/keys/jwk.ts';

test.each(['RS256', 'ES256', 'EdDSA'])(
  'the public half of a key for %s can verify, and holds nothing private',
  async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = { kid: '1', use: 'sig', alg, ...(await exportJWK(privateKey)) };
    const [half] = publicKeys({ keys: [jwk] }).keys;
    expect(half).toMatchObject({ kid: '1', use: 'sig', alg });
    expect(await importJWK(half ?? {})).toMatchObject({ type: 'public' });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']) expect(half).not.toHaveProperty(member);
  },
);

test('a shared secret has no public half', async () => {
  const secret = await exportJWK(await generateSecret('HS256', { extractable: true }));
  expect(publicKeys({ keys: [secret] }).keys).toEqual([{ kty: 'oct' }]);
});

test('verifiers are not told when a key was superseded', async () => {
  const notes = { superseded_at: '2024-01-15T10:30:00.000Z', deployed_at: '2024-01-15T11:30:00.000Z' };
  const [half] = publicKeys({ keys: [{ ...(await generateSigningKey()), ...notes }] }).keys;
  for (const note of Object.keys(notes)) expect(half).not.toHaveProperty(note);
});
