import './environment.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '../local/serverless.ts';
import packageFile from '../package.json' with { type: 'json' };
import { readDeclarations } from './declarations.ts';
import { describeApi } from './document.ts';
import { buildPage } from './page/build.ts';
import type { Description } from './page/description.ts';

/**
 * Writes the API description and the reference page; with `--check` it writes nothing and fails when a file of the
 * repository is not what would be written.
 */
const description = describeApi(await readDeclarations(), packageFile.version);

const files = {
  'docs/openapi.json': description,
  'docs/reference.json': await buildPage(description as unknown as Description),
};

const stale: string[] = [];
for (const [name, content] of Object.entries(files)) {
  const path = join(root, name);
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  if (process.argv.includes('--check')) stale.push(relative(root, path));
  else await writeFile(path, text);
}
if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run npm run openapi.\n`);
  process.exitCode = 1;
}
