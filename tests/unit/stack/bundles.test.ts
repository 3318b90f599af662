import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildBundles, readBundles } from '../../../bench/harness/bundles.ts';

/** The packages in the bundle of the list, and its size in bytes. */
async function bundleOf(engine: string) {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-bundles-'));
  try {
    await buildBundles(folder, engine, ['listUsers']);
    const [{ bytes, contents } = { bytes: 0, contents: [] }] = await readBundles(folder);
    return { bytes, packages: contents.map(([name]) => name) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the list has the driver of PostgreSQL with it only where its directory is there', async () => {
  expect((await bundleOf('embedded')).packages).not.toContain('pg');
  const { packages, bytes } = await bundleOf('postgres');
  expect(packages).toContain('pg');
  expect(packages).not.toContain('@aws-sdk/client-s3');
  expect(bytes).toBeLessThan(600_000);
});
