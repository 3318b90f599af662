import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../../../local/serverless.ts';

const SCRIPT = `
  const { hashPassword } = await import(process.argv[1]);
  process.stdout.write(await hashPassword('password123'));
`;
const MODULE = join(root, 'lib/auth/passwords.ts');

const local = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:8001' };

/** Hashes a password in a process of its own, with what is in `environment` instead of what the tests run with. */
async function hashWith(environment: NodeJS.ProcessEnv): Promise<string> {
  const { PASSWORD_COST: _, DYNAMODB_ENDPOINT: __, ...others } = process.env;
  const parameters = ['--input-type=module', '--eval', SCRIPT, MODULE];
  const env = { ...others, ...environment };
  return (await promisify(execFile)(process.execPath, parameters, { env })).stdout;
}

test('a deployed function hashes at cost 10', async () => {
  expect(await hashWith({})).toMatch(/^\$2b\$10\$/);
});

test('so does the local service, unless told another cost', async () => {
  expect(await hashWith(local)).toMatch(/^\$2b\$10\$/);
  expect(await hashWith({ ...local, PASSWORD_COST: '4' })).toMatch(/^\$2b\$04\$/);
});

test('a deployed function may hash at a higher cost', async () => {
  expect(await hashWith({ PASSWORD_COST: '11' })).toMatch(/^\$2b\$11\$/);
});

test('a deployed function that is told a lower cost does not start', async () => {
  await expect(hashWith({ PASSWORD_COST: '9' })).rejects.toMatchObject({
    stderr: expect.stringContaining('PASSWORD_COST is below 10 where the database is that of AWS'),
  });
});

test.each(['', '3', '32', '9.5', 'ten'])('%j is no cost anywhere', async (cost) => {
  await expect(hashWith({ ...local, PASSWORD_COST: cost })).rejects.toMatchObject({
    stderr: expect.stringContaining('PASSWORD_COST is'),
  });
});
