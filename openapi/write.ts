import './environment.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { readDeclarations } from './declarations.ts';
import { describeApi } from './document.ts';
import { describeEvents } from './events.ts';
import { withEndpoints } from './readme.ts';

/** Writes what is made from the declarations; with `--check` it writes nothing and fails when that would change a file. */
const declarations = await readDeclarations();
const description = describeApi(declarations, packageFile.version);

await put('openapi/openapi.json', () => `${JSON.stringify(description, null, 2)}\n`);
await put('openapi/events.json', () => `${JSON.stringify(describeEvents(), null, 2)}\n`);
await put('README.md', (readme) => withEndpoints(readme, declarations));

async function put(name: string, change: (text: string) => string): Promise<void> {
  const file = join(import.meta.dirname, '..', name);
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (before === after) return;
  if (!process.argv.includes('--check')) return writeFile(file, after);
  process.stderr.write(`${name} is not up to date: run npm run openapi.\n`);
  process.exitCode = 1;
}
