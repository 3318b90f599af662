import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { root } from '../../local/serverless.ts';
import { run } from './run.ts';

const execute = promisify(execFile);

/** Every Node.js of this machine that the package allows: the one that the scripts run on, and what else lies on the PATH. */
const NODES = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((file) => existsSync(file) && isAllowed(file));

function isAllowed(node: string): boolean {
  const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'])
    .toString()
    .split('.')
    .map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

/** A project that has the client as it would be published. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'users-api-client-'));
  const modules = join(project, 'node_modules');
  const { stdout } = await execute(
    'npm',
    ['pack', '--silent', '-w', 'client', '--pack-destination', project],
    {
      cwd: root,
    },
  );
  await mkdir(modules);
  await execute('tar', ['-xzf', join(project, stdout.trim().split('\n').at(-1) ?? ''), '-C', modules]);
  await execute('mv', [join(modules, 'package'), join(modules, 'users-api-client')]);
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers']) {
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  await writeFile(join(project, 'app.ts'), APP);
});

afterAll(() => rm(project, { recursive: true, force: true }));

const APP = `
import { createUsersClient, type Problem, SessionEnded, type Tokens, type UsersClient } from 'users-api-client';

export async function countUsers(baseUrl: string): Promise<number> {
  const client: UsersClient = createUsersClient({ baseUrl, onTokens: (tokens: Tokens | undefined) => void tokens });
  const { data, error } = await client.api.GET('/', { params: { query: { batch_size: 1 } } });
  if (error) throw new Error((error satisfies Problem).detail);
  return data.batch_info.users_in_current_batch;
}
export const isOver = (error: unknown) => error instanceof SessionEnded;
`;

const script = (module: string) =>
  `import { countUsers } from ${JSON.stringify(module)}; process.stdout.write(String(await countUsers(${JSON.stringify(inject('service'))})));`;

/** What the script prints under that Node.js, which is told nothing of TypeScript. */
const printed = async (node: string, code: string) =>
  (await execute(node, ['--input-type=module', '--eval', code], { cwd: project })).stdout;

test.each(['nodenext', 'preserve'])(
  'its declarations compile without any skipping, module %s',
  async (module) => {
    const compilerOptions = {
      ...{ module, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
      ...{ strict: true, exactOptionalPropertyTypes: true, outDir: `out-${module}` },
    };
    const config = join(project, `tsconfig.${module}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    await expect(run('typescript', 'tsc', ['-p', config])).resolves.toBe('');
    for (const node of NODES) {
      await expect(printed(node, script(`./out-${module}/app.js`)), node).resolves.toMatch(/^[01]$/);
    }
  },
);

test('a bundler takes it, for browsers', async () => {
  const outfile = join(project, 'bundle.js');
  await build({
    entryPoints: [join(project, 'app.ts')],
    ...{ outfile, bundle: true, platform: 'browser', format: 'esm', target: 'es2022', logLevel: 'silent' },
  });
  for (const node of NODES)
    await expect(printed(node, script('./bundle.js')), node).resolves.toMatch(/^[01]$/);
});
