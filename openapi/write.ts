import './environment.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { readDeclarations } from './declarations.ts';
import { describeApi } from './document.ts';

/** Writes the API description; with `--check` it writes nothing and fails when the one at hand is another. */
const file = join(import.meta.dirname, 'openapi.json');
const description = describeApi(await readDeclarations(), packageFile.version);
const text = `${JSON.stringify(description, null, 2)}\n`;

if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write('openapi/openapi.json is not up to date: run npm run openapi.\n');
  process.exitCode = 1;
}
