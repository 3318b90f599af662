import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { root, serverlessCommand } from '../../local/serverless.ts';

// biome-ignore lint/suspicious/noExplicitAny: they differ by type of resource, and CloudFormation publishes no types
type Properties = Record<string, any>;

interface Resource {
  Type: string;
  Properties: Properties;
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** What `serverless package` makes for CloudFormation. */
export interface Template {
  Conditions: Record<string, unknown>;
  Resources: Record<string, Resource>;
}

/** Parameters of a deployment, by name. */
type Parameters = Record<string, string>;

/** The template of the stack as a deployment makes it, packaged once for all test files of a run. */
export async function readTemplate(parameters: Parameters = {}): Promise<Template> {
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const name = createHash('sha256').update(given.join(' ')).digest('hex').slice(0, 8);
  const file = join(inject('data'), `template-${name}.json`);
  // One at a time: whatever folder it is told to use, the framework also works in the one of the project.
  const lock = join(inject('data'), 'packaging.lock');
  for (;;) {
    const template = await readFile(file, 'utf8').catch(() => undefined);
    if (template) return JSON.parse(template);
    const is_ours = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (is_ours) await packageService(file, given).finally(() => rmdir(lock));
    else await sleep(100);
  }
}

/** Packages the service as a deployment does, without credentials of AWS, and puts the template into `file`. */
async function packageService(file: string, given: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-package-'));
  const build = join('.esbuild', basename(folder));
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_REGION: ___, ...environment } = process.env;
  try {
    await promisify(execFile)(
      process.execPath,
      [serverlessCommand, 'package', '--package', folder, ...given],
      {
        cwd: root,
        env: { ...environment, ESBUILD_FOLDER: build },
      },
    );
    await rename(join(folder, 'cloudformation-template-update-stack.json'), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(join(root, build), { recursive: true, force: true });
  }
}

/** The resources of a type, with the names that the template gives them. */
export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** How the template names what belongs to a function. */
export const logicalName = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** One thing that somebody may do. */
export interface Grant {
  role: string;
  action: string;
  resource: unknown;
  condition: unknown;
}

/** Everything that the policies in a template allow, one action on one resource at a time. */
export function grantsOf(template: Template): Grant[] {
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(([role, { Properties }]) =>
    (Properties.Policies ?? []).flatMap((policy: Properties) =>
      policy.PolicyDocument.Statement.flatMap(
        ({ Effect, Action, Resource, Condition: condition }: Properties) => {
          if (Effect !== 'Allow') return [];
          return [Action]
            .flat()
            .flatMap((action) =>
              [Resource].flat().map((resource) => ({ role, action, resource, condition })),
            );
        },
      ),
    ),
  );
}

/** Actions that AWS knows on all resources only. */
export const UNBOUNDED: Record<string, string> = {
  'xray:PutTraceSegments': 'X-Ray has no resources',
  'xray:PutTelemetryRecords': 'X-Ray has no resources',
};
