import './environment.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { readDeclarations } from './declarations.ts';
import { describeApi } from './document.ts';
import { describeEvents } from './events.ts';

/** Writes what describes the API and its events; with `--check` it writes nothing and fails where it would change. */
const descriptions = {
  'openapi.json': describeApi(await readDeclarations(), packageFile.version),
  'events.json': describeEvents(),
};

for (const [name, description] of Object.entries(descriptions)) {
  const file = join(import.meta.dirname, name);
  const text = `${JSON.stringify(description, null, 2)}\n`;
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8')) !== text) {
    process.stderr.write(`openapi/${name} is not up to date: run npm run openapi.\n`);
    process.exitCode = 1;
  }
}
