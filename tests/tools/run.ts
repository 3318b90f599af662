import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

/** The API description, as it is checked in. */
export const DESCRIPTION = join(import.meta.dirname, '../../openapi/openapi.json');

/** Runs the command of a package that is installed for these tests; throws with all that it said if it fails. */
export async function run(
  tool: string,
  command: string,
  words: readonly string[],
  cwd = import.meta.dirname,
) {
  const manifest = require.resolve(`${tool}/package.json`);
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  const file = join(dirname(manifest), typeof bin === 'string' ? bin : (bin[command] ?? ''));
  const options = { cwd, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await promisify(execFile)(process.execPath, [file, ...words], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${words.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
