import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Plugin } from 'esbuild';

/**
 * Renders the reference page while its function is bundled: reference.ts runs in a process of its own, so that a
 * rebuild sees every change, and the bundle gets what it exports.
 */
const referencePage: Plugin = {
  name: 'reference page',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]openapi[\\/]page[\\/]reference\.ts$/ }, async ({ path }) => {
      const script = `import { page } from '${pathToFileURL(path)}'; process.stdout.write(JSON.stringify(page));`;
      const run = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
      return { contents: `export const page = ${run.stdout};`, loader: 'js' };
    }),
};

export default [referencePage];
