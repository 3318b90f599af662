import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import referencePage from './openapi/page/bundling.ts';

/** What the plugins need of the Serverless instance. */
interface Serverless {
  service: { functions: Record<string, { handler: string }> };
}

/**
 * Bundles all functions at once. The Serverless plugin starts a build for each; the first one takes the files of all, so
 * that what they share is read once, and the others have nothing to do. What comes out is the same.
 */
function inOnePass(files: readonly string[]): Plugin {
  let isTaken = false;
  return {
    name: 'in one pass',
    setup: ({ initialOptions }) => {
      const { entryPoints, outdir = '' } = initialOptions;
      const [own = ''] = entryPoints as string[];
      initialOptions.entryPoints = isTaken ? [] : [...files];
      // Its folder in the one of all bundles, which keep the folders of their functions.
      initialOptions.outdir = join(outdir, relative(dirname(own), ''));
      initialOptions.outbase = '.';
      isTaken = true;
    },
  };
}

/** The plugins of esbuild that functions are bundled with. */
export default ({ service }: Serverless): Plugin[] => [
  inOnePass(Object.values(service.functions).map(({ handler }) => handler.replace(/\.\w+$/, '.ts'))),
  ...referencePage,
];
