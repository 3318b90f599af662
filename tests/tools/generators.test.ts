import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESCRIPTION, run } from './run.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'users-api-generated-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What every consumer relies on: optional members may be left out, and a failure can be told by its code and status. */
const RELIES_ON = `
export const newcomer: Registration = {
  username: 'alice', email: 'alice@example.com', password: 'password123', password_confirm: 'password123',
};
export const refreshing: RefreshRequest = { refresh: 'R' };
export const pages = ({ total_batches }: BatchInfo): number => total_batches;
export const sentence = ({ message }: Message): string => message;

export function explain(problem: Problem): ProblemCode {
  for (const [field, sentences] of Object.entries(problem.errors ?? {})) field.concat(...sentences);
  return problem.code;
}

export function conflict(problem: ConflictProblem): 'username' | 'other' {
  const status: 409 = problem.status;
  // @ts-expect-error A code of another status.
  if (problem.code === 'token_not_valid') explain(problem);
  explain(problem);
  return status === 409 && problem.code === 'username_taken' ? 'username' : 'other';
}

declare const problem: BadRequestProblem | UnauthorizedProblem;
if (problem.status === 401) {
  const code: UnauthorizedProblem['code'] = problem.code;
  // @ts-expect-error Something is known of it.
  const nothing: never = code;
}
`;

const NAMES = [
  ...['Registration', 'RefreshRequest', 'BatchInfo', 'Message', 'Problem', 'ProblemCode'],
  ...['BadRequestProblem', 'UnauthorizedProblem', 'ConflictProblem'],
];

const generated = (file: string) => `'./generated/${file}'`;

const schemas = (file: string) => `import type { ${NAMES.join(', ')} } from ${generated(file)};`;

/** What is generated, and how it is used where the schemas are not all there is of it. */
const GENERATORS = {
  '@hey-api/openapi-ts': {
    words: (out: string) => ['openapi-ts', '--input', DESCRIPTION, '--output', out, '--silent'],
    consumer: `${schemas('types.gen.ts')}
import { register } from ${generated('sdk.gen.ts')};
export async function signUp(): Promise<string> {
  const { data, error, response } = await register({ body: newcomer });
  if (error) return response?.status === 409 ? error.code : error.detail;
  return data.user.username;
}`,
  },
  orval: {
    words: (out: string) => [
      'orval',
      '--input',
      DESCRIPTION,
      '--output',
      join(out, 'api.ts'),
      '--client',
      'fetch',
    ],
    consumer: `${schemas('api.ts')}
import { register } from ${generated('api.ts')};
export async function signUp(): Promise<string> {
  const answer = await register(newcomer);
  if (answer.status === 409) return answer.data.code === 'email_taken' ? 'email' : answer.data.detail;
  return answer.status === 201 ? answer.data.user.username : answer.data.title;
}`,
  },
  'openapi-typescript': {
    words: (out: string) => ['openapi-typescript', DESCRIPTION, '--output', join(out, 'schema.ts')],
    consumer: `import type { components, operations } from ${generated('schema.ts')};
type Schemas = components['schemas'];
${NAMES.map((name) => `type ${name} = Schemas['${name}'];`).join('\n')}
type Failures = operations['register']['responses'];
export const code = (problem: Failures[409]['content']['application/problem+json']) => problem.code;
export const page: operations['listUsers']['parameters'] = {};`,
  },
};

const COMPILER = {
  module: 'preserve',
  target: 'es2022',
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: [],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

test.each(Object.entries(GENERATORS))(
  'what %s makes of the description compiles, and says as much',
  async (tool, { words, consumer }) => {
    const project = await mkdtemp(join(folder, 'project-'));
    const [command = '', ...rest] = words(join(project, 'generated'));
    await run(tool, command, rest);
    await writeFile(join(project, 'consumer.ts'), `${consumer}\n${RELIES_ON}`);
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER }));
    await expect(run('typescript', 'tsc', ['-p', project])).resolves.toBe('');
  },
);
