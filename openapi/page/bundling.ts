import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'esbuild';

/** Modules that are made of more than a function should carry: the reference page, the list of common passwords. */
const MADE = /[\\/](?:openapi[\\/]page[\\/]reference|lib[\\/]auth[\\/]commonList)\.ts$/;

/**
 * Runs such a module in a process of its own while a function is bundled, so that a rebuild sees every change, and
 * gives the bundle what it exports.
 */
const madeModules: Plugin = {
  name: 'made modules',
  setup: ({ onLoad }) =>
    onLoad({ filter: MADE }, async ({ path }) => {
      const script = `import * as made from '${pathToFileURL(path)}'; process.stdout.write(JSON.stringify(made));`;
      const run = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
      const exported = Object.entries(JSON.parse(run.stdout));
      const constants = exported.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
      return { contents: constants.join('\n'), loader: 'js' };
    }),
};

export default [madeModules];
