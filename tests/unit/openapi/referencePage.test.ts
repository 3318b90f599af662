import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from '../../../local/serverless.ts';
import bundling from '../../../openapi/page/bundling.ts';
import { page } from '../../../openapi/page/reference.ts';

test('a bundle has the reference page, and nothing of what renders it', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, 'openapi/page/reference.ts')],
    plugins: bundling,
    bundle: true,
    format: 'cjs',
    write: false,
    metafile: true,
  });
  const module = { exports: {} };
  new Function('module', outputFiles[0]?.text ?? '')(module);
  expect(module.exports).toEqual({ page });
  expect(Object.keys(metafile.inputs)).toEqual([expect.stringMatching(/openapi\/page\/reference\.ts$/)]);
});

test('the page has no more than 40 kB compressed', () => {
  expect(gzipSync(page.html).length).toBeLessThan(40_000);
});
