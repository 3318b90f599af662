import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../../local/serverless.ts';

const run = promisify(execFile);

const load = (environment: NodeJS.ProcessEnv) =>
  run(process.execPath, ['--input-type=module', '--eval', 'await import("./lib/config.ts")'], {
    cwd: root,
    env: environment,
  });

const complete = {
  TABLE_NAME: 'users',
  ISSUER: 'https://api.example.com/careers/users',
  AUDIENCE: 'careers',
  PSEUDONYM_SECRET: 'sixteen characters',
  PUBLIC_KEYS: JSON.stringify({ keys: [{ kty: 'RSA', kid: 'a', n: 'n', e: 'AQAB' }] }),
};

test('a complete environment loads', async () => {
  await expect(load(complete)).resolves.toBeDefined();
});

test('L7: an issuer that ends in a slash, as all tokens would bear it, is refused', async () => {
  await expect(load({ ...complete, ISSUER: `${complete.ISSUER}/` })).rejects.toMatchObject({
    stderr: expect.stringContaining('ISSUER ends in a slash'),
  });
});

test('an incomplete environment fails at once and names every variable at fault', async () => {
  const failing = load({ AUDIENCE: '', ISSUER: 'nowhere', PUBLIC_KEYS: '{"keys":[]}' });
  await expect(failing).rejects.toMatchObject({
    stderr: expect.stringMatching(
      /TABLE_NAME .*missing.*ISSUER is no URL.*AUDIENCE is empty.*PUBLIC_KEYS.* holds no key/s,
    ),
  });
});
