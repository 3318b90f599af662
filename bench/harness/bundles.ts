import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { root, serverless } from '../../local/serverless.ts';
import referencePage from '../../openapi/page/bundling.ts';

/** A function as it is deployed. */
export interface Bundle {
  name: string;
  bytes: number;
  /** How many bytes each package has in it, the largest first; `ours` is the code of this repository. */
  contents: [name: string, bytes: number][];
}

/** What serverless-esbuild takes besides esbuild's own options. */
interface PluginOptions {
  exclude: string[];
  /** The file that has esbuild's own plugins; they bundle all functions at once, but here each is built apart. */
  plugins: string;
  outputFileExtension: string;
  outputWorkFolder: string;
  watch: object;
}

type Options = Omit<BuildOptions, 'plugins'> & PluginOptions;
type WithOptions = typeof serverless & { custom: { esbuild: Options } };
const { custom, functions } = serverless as WithOptions;

/** Where the bundle of a function lies, below the folder of all. */
export const bundleFile = (name: string) => `${name}${custom.esbuild.outputFileExtension}`;

/** The program that runs them, built like them. */
export const PROGRAM = 'instance.mjs';

/**
 * Builds functions of serverless.yml, all of them unless said, into `folder`, with the options that the deployment uses, for
 * one engine of the directory.
 */
export async function buildBundles(
  folder: string,
  engine = 'embedded',
  names = Object.keys(functions),
): Promise<void> {
  const {
    exclude,
    plugins: _,
    outputFileExtension,
    outputWorkFolder: __,
    watch: ___,
    ...options
  } = custom.esbuild;
  const wanted = Object.entries(functions).filter(([name]) => names.includes(name));
  const bundles = wanted.map(async ([name, { handler }]): Promise<Bundle> => {
    const { metafile } = await build({
      ...options,
      define: { 'process.env.DIRECTORY': JSON.stringify(engine) },
      external: exclude,
      plugins: referencePage,
      absWorkingDir: root,
      entryPoints: [`${handler.replace(/\.handler$/, '')}.ts`],
      outfile: join(folder, bundleFile(name)),
      metafile: true,
    });
    const outputs = Object.entries(metafile.outputs);
    const output = outputs.find(([path]) => path.endsWith(outputFileExtension))?.[1];
    return { name, bytes: output?.bytes ?? 0, contents: contentsOf(output?.inputs ?? {}) };
  });
  await build({
    entryPoints: [join(import.meta.dirname, 'instance.ts')],
    outfile: join(folder, PROGRAM),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  await writeFile(join(folder, 'bundles.json'), JSON.stringify(await Promise.all(bundles)));
}

/** The bundles that were built into `folder`. */
export async function readBundles(folder: string): Promise<Bundle[]> {
  return JSON.parse(await readFile(join(folder, 'bundles.json'), 'utf8'));
}

function contentsOf(inputs: Metafile['outputs'][string]['inputs']): [string, number][] {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'ours';
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  return [...sizes].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
}
