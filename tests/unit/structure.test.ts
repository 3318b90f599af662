import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../local/serverless.ts';

const FOLDERS = ['lib', 'functions', 'openapi', 'local', 'bench', 'tests', 'client'];

const sources = new Map(
  globSync(`{${FOLDERS}}/**/*.ts`, { cwd: root, exclude: ['**/node_modules/**', 'client/dist/**'] }).map(
    (file) => [file, readFileSync(join(root, file), 'utf8')],
  ),
);

/** What follows `from` or `import`, at the top of a file or in the middle of one. */
const IMPORT = /(?:^|[^\w'])(?:from|import) ?\(?'(\.[^']+)'/g;

/** The files that each file imports, types included. */
const imports = new Map(
  [...sources].map(([file, text]) => [
    file,
    [...text.matchAll(IMPORT)].map(([, path = '']) => join(dirname(file), path)),
  ]),
);

/** Every import of one place by another, as `importer → imported`. */
const importsFrom = (importer: RegExp, imported: RegExp) =>
  [...imports].flatMap(([file, paths]) =>
    importer.test(file) ? paths.filter((path) => imported.test(path)).map((path) => `${file} → ${path}`) : [],
  );

/** The first circle that an import of `file` leads into; `path` is how one came there. */
function findCircle(file: string, done: Set<string>, path: string[] = []): string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return undefined;
  done.add(file);
  for (const imported of imports.get(file) ?? []) {
    const circle = findCircle(imported, done, [...path, file]);
    if (circle) return circle;
  }
  return undefined;
}

test('the imports are found', () => {
  const GENERATED = 'client/schema.ts';
  const lost = [...imports.values()].flat().filter((path) => path.endsWith('.ts') && !sources.has(path));
  expect(lost.filter((path) => path !== GENERATED)).toEqual([]);
  expect(imports.get('functions/auth/login.ts')).toContain('lib/http/endpoint.ts');
});

test('no file imports itself, however indirectly', () => {
  const done = new Set<string>();
  expect([...imports.keys()].flatMap((file) => findCircle(file, done) ?? [])).toEqual([]);
});

test.each([
  ['lib imports nothing above it', /^lib\//, /^(?!lib\/)/],
  ['lib/table imports lib/table and the files beside it', /^lib\/table\//, /^(?!lib\/table\/|lib\/[^/]+$)/],
  ['the files directly in lib import each other only', /^lib\/[^/]+$/, /^(?!lib\/[^/]+$)/],
  ['rules know nothing of HTTP', /^lib\/(?!http\/)/, /^lib\/http\//],
  [
    'a handler imports lib, and the documents that it serves',
    /^functions\//,
    /^(?!lib\/|openapi\/openapi.json$|openapi\/page\/reference.ts$)/,
  ],
  ['only tests and the bench use what is there for tests', /^(?!tests\/|bench\/)/, /^tests\//],
  ['the client knows nothing of the service', /^client\//, /^(?!client\/)/],
])('%s', (_, importer, imported) => {
  expect(importsFrom(importer, imported)).toEqual([]);
});

test('keys are spelled out in one file', () => {
  const KEYS = 'lib/table/keys.ts';
  const beginnings = new Set(sources.get(KEYS)?.match(/(?<=[`'])[A-Z_]+#|#[A-Z]+/g));
  expect(beginnings).toContain('USER#');
  const elsewhere = [...sources].filter(([file]) => /^(lib|functions)\//.test(file) && file !== KEYS);
  const spelled = elsewhere.flatMap(([file, text]) =>
    [...beginnings]
      .filter((beginning) => text.includes(beginning))
      .map((beginning) => `${file}: ${beginning}`),
  );
  expect(spelled).toEqual([]);
});
