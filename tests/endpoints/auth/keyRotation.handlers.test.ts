import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeKeys } from '../../../local/keys/files.ts';
import { publicKeys } from '../../../local/keys/jwk.ts';
import { addKey, type KeyRing, promoteKey, retireKeys } from '../../../local/keys/rotation.ts';
import { get, post } from '../../support/api.ts';
import { newUser } from '../../support/users.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'users-api-rotation-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Starts every function anew with these keys, as a deployment does. */
async function deploy(ring: KeyRing) {
  const file = join(folder, 'signing-keys.json');
  await writeKeys(file, { keys: [...ring] });
  Object.assign(process.env, {
    SIGNING_KEYS_FILE: file,
    PUBLIC_KEYS: JSON.stringify(publicKeys({ keys: [...ring] })),
  });
  vi.resetModules();
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

const publishedKids = async () =>
  (await get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);

test('tokens from before a rotation stay good until their key is retired, and the new key signs new ones', async () => {
  const first = await addKey([]);
  await deploy(first);
  const user = await newUser();
  const [old] = first;
  expect(kidOf(user.access)).toBe(old?.kid);

  const added = await addKey(first);
  await deploy(added);
  expect(await publishedKids()).toEqual(added.map(({ kid }) => kid));
  const early = await post('/token/refresh/', { refresh: user.refresh });
  expect(kidOf(early.body.access)).toBe(old?.kid);

  const promoted = promoteKey(added, Date.now());
  await deploy(promoted);
  expect((await get('/me/', { token: user.access })).status).toBe(200);
  const late = await post('/token/refresh/', { refresh: user.refresh });
  expect(kidOf(late.body.access)).toBe(promoted[0]?.kid);

  await deploy(retireKeys(promoted, Date.now(), { early: true }));
  expect((await get('/me/', { token: late.body.access })).status).toBe(200);
  expect((await get('/me/', { token: user.access })).body.code).toBe('token_not_valid');
  expect(await publishedKids()).not.toContain(old?.kid);
});

test('a private key that is not deployed in public never signs', async () => {
  const ring = await addKey([]);
  await deploy(ring);
  const user = await newUser();
  await writeKeys(join(folder, 'signing-keys.json'), {
    keys: [...promoteKey(await addKey(ring), Date.now())],
  });
  vi.resetModules();
  const { body } = await post('/token/refresh/', { refresh: user.refresh });
  expect(kidOf(body.access)).toBe(ring[0]?.kid);
});

test('fails clearly when the first public key has no private half', async () => {
  const ring = await addKey([]);
  await deploy(ring);
  await writeKeys(join(folder, 'signing-keys.json'), { keys: [...(await addKey([]))] });
  vi.resetModules();
  const { loadSigningKey } = await import('../../../lib/auth/keys.ts');
  await expect(loadSigningKey()).rejects.toThrow(`lacks the private half of ${ring[0]?.kid}`);
});

test('a private key among the public ones stops every function at its start', async () => {
  process.env.PUBLIC_KEYS = JSON.stringify({ keys: await addKey([]) });
  vi.resetModules();
  await expect(import('../../../lib/config.ts')).rejects.toThrow('PUBLIC_KEYS.keys.0 is a private key');
});
