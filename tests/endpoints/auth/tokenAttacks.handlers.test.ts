import { expect, test } from 'vitest';
import { get, patch, post } from '../../support/api.ts';
import { exampleRequests, sendExample } from '../../support/examples.ts';
import {
  type Differences,
  forge,
  readToken,
  signedByAStranger,
  signedWithPublicKeyAsSecret,
  strangersJwk,
  unsigned,
  withPayload,
} from '../../support/tokens.ts';
import { deleteAccount, newUser } from '../../support/users.ts';

const [alice, bob, carol] = [await newUser(), await newUser(), await newUser()];

/** Every endpoint that takes a token, needed or not. */
const endpoints = (await exampleRequests(alice, carol)).filter(({ caller }) => caller !== 'none');

/** The ways of an update that the example does not go. */
const updates = [{ email: 'taken@example.com' }, {}];

async function expectRefusal(headers: Record<string, string>) {
  const answers = [
    ...endpoints.map((endpoint) => sendExample(endpoint, { headers })),
    ...updates.map((changes) => patch('/me/update/', changes, { headers })),
  ];
  for (const answer of await Promise.all(answers)) {
    expect(answer.body).toMatchObject({ status: 401, code: 'token_not_valid' });
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  }
}

const HOSTILE_KIDS = {
  'an unknown key': 'unknown',
  'no text as its key': 7,
  'a path as its key': '../../../../dev/null',
  'an address as its key': 'https://attacker.example/key.pem',
  'SQL as its key': "' UNION SELECT 'secret' --",
  'a member of every object as its key': '__proto__',
  'ten kilobytes as its key': 'k'.repeat(10_000),
};

const now = Math.floor(Date.now() / 1000);

const forgeries: Record<string, Differences> = {
  'algorithm none': { header: { alg: 'none' }, signer: unsigned },
  'algorithm None': { header: { alg: 'None' }, signer: unsigned },
  'no signature': { signer: unsigned },
  'our public key as a shared secret': {
    header: { alg: 'HS256' },
    signer: signedWithPublicKeyAsSecret('pem'),
  },
  'our public key in DER as a shared secret': {
    header: { alg: 'HS256' },
    signer: signedWithPublicKeyAsSecret('der'),
  },
  'another RSA algorithm': { header: { alg: 'PS256' } },
  'a stranger’s signature': { signer: signedByAStranger },
  'a key of its own in jwk': { header: { jwk: strangersJwk }, signer: signedByAStranger },
  'a key of its own in jwk and no kid': {
    header: { jwk: strangersJwk, kid: undefined },
    signer: signedByAStranger,
  },
  'an address of keys in jku': {
    header: { jku: 'https://attacker.example/jwks.json' },
    signer: signedByAStranger,
  },
  'a certificate in x5c': { header: { x5c: ['MIIB'] }, signer: signedByAStranger },
  'an address of certificates in x5u': {
    header: { x5u: 'https://attacker.example/cert.pem' },
    signer: signedByAStranger,
  },
  'a critical header that we do not know': { header: { crit: ['own'], own: true } },
  'an unencoded payload': { header: { crit: ['b64'], b64: false } },
  'another issuer': { payload: { iss: 'https://attacker.example' } },
  'the issuer with a slash more': { payload: { iss: `${process.env.ISSUER}/` } },
  'no issuer': { payload: { iss: undefined } },
  'another audience': { payload: { aud: 'payroll' } },
  'no audience': { payload: { aud: undefined } },
  'an end in the past': { payload: { exp: now - 1 } },
  'no end': { payload: { exp: undefined } },
  'an end that is no number': { payload: { exp: '9999999999' } },
  'a beginning in the future': { payload: { nbf: now + 3600 } },
  'no account': { payload: { sub: undefined } },
  'an account that is no number': { payload: { sub: 'alice' } },
  'an account of another type': { payload: { sub: alice.id } },
  'the name of somebody else': { payload: { username: bob.username } },
  'the id of somebody else': { payload: { sub: String(bob.id) } },
  'an epoch that has not begun': { payload: { epoch: 1 } },
  'an epoch before all': { payload: { epoch: -1 } },
  'an epoch between two': { payload: { epoch: 0.5 } },
  'an epoch that is no number': { payload: { epoch: '0' } },
  'an epoch beyond all numbers': { payload: { epoch: 2 ** 53 } },
  'a session that is no text': { payload: { sid: 7 } },
  'a generation that is no number': { payload: { generation: '1' } },
  'the type of a refresh token in the header': { header: { typ: 'refresh+jwt' } },
  'the plain type JWT': { header: { typ: 'JWT' } },
  'no type': { header: { typ: undefined } },
  'the type of a refresh token in the payload': { payload: { token_type: 'refresh' } },
};

for (const [title, kid] of Object.entries(HOSTILE_KIDS)) forgeries[title] = { header: { kid } };

test('accepts the token that all forgeries start from', async () => {
  const answer = await get('/me/', { token: forge(alice) });
  expect(answer.status).toBe(200);
});

test.each(Object.entries(forgeries))('refuses a token with %s', async (_, differences) => {
  await expectRefusal({ Authorization: `Bearer ${forge(alice, differences)}` });
});

const good = forge(alice);
const [head, payload, signature] = good.split('.');

test.each(
  Object.entries({
    'a changed payload': `Bearer ${withPayload(good, { sub: String(bob.id), username: bob.username })}`,
    'a refresh token': `Bearer ${alice.refresh}`,
    'two tokens': `Bearer ${good} ${good}`,
    'two tokens with a comma': `Bearer ${good}, Bearer ${good}`,
    'two tokens with a bare comma': `Bearer ${good},${good}`,
    '100 kB of letters': `Bearer ${'A'.repeat(100_000)}`,
    'a payload of 100 kB': `Bearer ${head}.${'A'.repeat(100_000)}.${signature}`,
    'a thousand dots': `Bearer ${'.'.repeat(1000)}`,
    'a part missing': `Bearer ${head}.${payload}`,
    'a part more': `Bearer ${good}.${signature}`,
    'no JSON inside': 'Bearer AAAA.BBBB.CCCC',
    'another scheme': `Basic ${good}`,
    'a scheme that only begins like ours': `BearerToken ${good}`,
    'no token after the scheme': 'Bearer',
    'a token without scheme': good,
    'characters beyond ASCII': `Bearer ${good}é`,
  }),
)('refuses a header with %s', async (_, Authorization) => {
  await expectRefusal({ Authorization });
});

test.each<[string, Differences]>([
  ['the type of an access token', {}],
  ['the types mixed', { header: { typ: 'refresh+jwt' } }],
  ['the types mixed the other way', { payload: { token_type: 'refresh' } }],
])('refuses %s in the place of a refresh token', async (_, differences) => {
  const refresh = forge(alice, differences);
  expect((await post('/token/refresh/', { refresh })).body.code).toBe('token_not_valid');
  const answer = await post('/logout/', { refresh }, { token: alice.access });
  expect(answer.body).toMatchObject({
    status: 400,
    code: 'invalid',
    errors: { refresh: [expect.any(String)] },
  });
});

test.each<[string, Differences['payload']]>([
  ['the session of somebody else', { sid: readToken(bob.refresh).payload.sid }],
  ['a session that never was', { sid: 'AAAAAAAAAAAA' }],
  ['a session that leads elsewhere in the table', { sid: '../#PROFILE' }],
  ['an epoch that has not begun', { epoch: 1 }],
  ['a generation that nobody has rotated to', { generation: 7 }],
])('refuses a refresh token with %s, and nobody’s session ends', async (_, payload) => {
  const refresh = forge(alice, { kind: 'refresh', payload: payload ?? {} });
  for (const rotate of [false, true]) {
    const answer = await post('/token/refresh/', { refresh, rotate });
    expect(answer.body).toMatchObject({ status: 401, code: 'token_not_valid' });
  }
  for (const user of [alice, bob]) {
    expect((await post('/token/refresh/', { refresh: user.refresh })).status).toBe(200);
  }
});

test('refuses a password change with the session of somebody else, whose session lives on', async () => {
  const dora = await newUser();
  const token = forge(dora, { payload: { sid: readToken(bob.refresh).payload.sid } });
  const new_password = 'a-new-password';
  const body = { current_password: dora.password, new_password, new_password_confirm: new_password };
  expect((await post('/me/password/', body, { token })).body.code).toBe('token_not_valid');
  expect((await post('/token/refresh/', { refresh: bob.refresh })).status).toBe(200);
});

test('refuses the token of a deleted account, also where this instance has met it before', async () => {
  const gone = await newUser();
  const headers = { Authorization: `Bearer ${gone.access}` };
  expect((await get('/', { headers })).status).toBe(200);
  await deleteAccount(gone);
  await expectRefusal(headers);
  expect((await post('/token/refresh/', { refresh: gone.refresh })).body.code).toBe('token_not_valid');
});

test('refuses the token of an account whose name somebody registered anew', async () => {
  const before = await newUser();
  await deleteAccount(before);
  const after = await newUser({ username: before.username, email: before.email });
  expect(after.id).not.toBe(before.id);
  await expectRefusal({ Authorization: `Bearer ${before.access}` });
  expect((await post('/token/refresh/', { refresh: before.refresh })).body.code).toBe('token_not_valid');
  expect((await get('/me/', { token: after.access })).body.bio).toBe('');
});
