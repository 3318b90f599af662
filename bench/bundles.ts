import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

/** A function as it is deployed. */
export interface Bundle {
  name: string;
  file: string;
  bytes: number;
  /** How many bytes each package has in it, the largest first; `ours` is the code of this repository. */
  contents: [name: string, bytes: number][];
}

/** What serverless-esbuild takes besides esbuild's own options. */
interface PluginOptions {
  exclude: string[];
  outputFileExtension: string;
  outputWorkFolder: string;
  watch: object;
}

interface ServerlessFile {
  custom: { esbuild: BuildOptions & PluginOptions };
  functions: Record<string, { handler: string }>;
}

const { custom, functions }: ServerlessFile = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
});

/** Builds every function of serverless.yml into `folder`, with the options that the deployment uses. */
export async function buildBundles(folder: string): Promise<Bundle[]> {
  const { exclude, outputFileExtension, outputWorkFolder: _, watch: __, ...options } = custom.esbuild;
  return Promise.all(
    Object.entries(functions).map(async ([name, { handler }]) => {
      const file = join(folder, `${basename(handler, '.handler')}${outputFileExtension}`);
      const { metafile } = await build({
        ...options,
        external: exclude,
        absWorkingDir: root,
        entryPoints: [`${handler.replace(/\.handler$/, '')}.ts`],
        outfile: file,
        metafile: true,
      });
      const output = Object.entries(metafile.outputs).find(([path]) =>
        path.endsWith(outputFileExtension),
      )?.[1];
      return { name, file, bytes: output?.bytes ?? 0, contents: contentsOf(output?.inputs ?? {}) };
    }),
  );
}

function contentsOf(inputs: Metafile['outputs'][string]['inputs']): [string, number][] {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'ours';
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  return [...sizes].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
}
