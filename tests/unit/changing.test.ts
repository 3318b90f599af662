import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type OperationId, routes } from '../../lib/http/routes.ts';
import { PROBLEMS } from '../../lib/problems.ts';
import { ProjectedUser } from '../../lib/table/userItem.ts';
import { ALGORITHM } from '../../lib/tokenRules.ts';
import { root, tableProperties } from '../../local/serverless.ts';
import { readDeclarations } from '../../openapi/declarations.ts';
import description from '../../openapi/openapi.json' with { type: 'json' };

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The files of a pattern in which each `<word>` stands for anything. */
const filesOf = (pattern: string) => globSync(pattern.replace(/<\w+>/g, '*'), { cwd: root });

/** The sections of docs/changing.md, by what is changed: how many files the title says, and those that are listed. */
const sections = new Map(
  [...read('docs/changing.md').split(/^## /m)].slice(1).map((text) => {
    const [, change = '', count] = /^(.+): (\d+) files/.exec(text) ?? [];
    const files = [...text.matchAll(/^\d+\. `(.+?)`/gm)].map(([, file = '']) => file);
    return [change, { count: Number(count), files }];
  }),
);

const endpoint = sections.get('An endpoint')?.files ?? [];

test('every file that docs/changing.md names is there', () => {
  const named = [...read('docs/changing.md').matchAll(/`([a-z]+\/[\w/.<>-]+|\w+\.yml)`/g)];
  expect(named.length).toBeGreaterThan(30);
  expect(named.map(([, file = '']) => file).filter((file) => filesOf(file).length === 0)).toEqual([]);
});

test('its lists are as long as their titles say', () => {
  const lengths = [...sections].map(([change, { files }]) => [change, files.length]);
  const field = sections.get('A profile field')?.files.length ?? 0;
  const said = [...sections].map(([change, { count }]) => [
    change,
    change === 'A searchable profile field' ? count - field : count,
  ]);
  expect(lengths).toEqual(said);
  expect(lengths).toHaveLength(6);
});

const declarations = Object.values(await readDeclarations());
const documents = new Set(
  declarations.filter(({ media_type }) => media_type).map(({ operation }) => operation),
);

/** Endpoints that touch the table; documents have no rights and no costs. */
const operations = (Object.keys(routes) as OperationId[]).filter((name) => !documents.has(name));

const names = (file: string, name: string) => new RegExp(`\\b${name}\\b`).test(read(file));

test.each(operations)('%s is named in the files of an endpoint', (name) => {
  const silent = endpoint
    .slice(0, 7)
    .filter((pattern) => !filesOf(pattern.replace('<name>', name)).some((file) => names(file, name)));
  expect(silent).toEqual([]);
});

/** Those whose names are no words of their own, and that no alarm watches. */
const plain = operations.filter((name) => /[A-Z]/.test(name) && name !== 'listUsers');

test.each(plain)('%s is named in no other list', (name) => {
  const listed = endpoint.flatMap((pattern) => filesOf(pattern.replace('<name>', name)));
  const others = filesOf('{openapi,resources,local,client}/**/*.{ts,cjs,yml}').filter(
    (file) => !listed.includes(file) && !/^client\/(schema|dist|node_modules)/.test(file),
  );
  expect(others.filter((file) => names(file, name))).toEqual([]);
});

test('an error code has a row, from which the description is made', () => {
  expect(description.components.schemas.ProblemCode.enum).toEqual(Object.keys(PROBLEMS));
});

test('the algorithm is named in one file', () => {
  const files = filesOf('{lib,functions,openapi,local,resources}/**/*.{ts,cjs,yml}');
  expect(files.filter((file) => names(file, ALGORITHM))).toEqual(['lib/tokenRules.ts']);
});

test('the index projects what a card has', () => {
  const [index] = tableProperties.GlobalSecondaryIndexes ?? [];
  expect(index?.Projection?.NonKeyAttributes).toEqual(Object.keys(ProjectedUser.entries));
});

test('docs/data-model.md has every key of the table, and no other', () => {
  const beginnings = (text: string) => [...new Set(text.match(/(?<=[`'])#?[A-Z_]{4,}#?(?![A-Z_#])/g))].sort();
  const [, items = ''] = read('docs/data-model.md').split(/^## .*$/m);
  const [, ...keys] = read('lib/table/keys.ts').split('export const PARTITIONS');
  expect(beginnings(items.replace('`PARTITIONS`', ''))).toEqual(beginnings(keys.join()));
});
