import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './serverless.ts';

// biome-ignore lint/suspicious/noExplicitAny: the properties of any resource
type Properties = Record<string, any>;

interface Resource {
  Type: string;
  Properties: Properties;
  DependsOn?: string[];
  DeletionPolicy?: string;
}

/** What `serverless package` makes for CloudFormation. */
export interface Template {
  Resources: Record<string, Resource>;
}

/** Packages the service as a deployment does, without credentials of AWS, and returns the template. */
export async function packageService(): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'users-api-package-'));
  const build = join('.esbuild', basename(folder));
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_REGION: ___, ...environment } = process.env;
  const command = join(root, 'node_modules/serverless/bin/serverless.js');
  try {
    await promisify(execFile)(process.execPath, [command, 'package', '--package', folder], {
      cwd: root,
      env: { ...environment, ESBUILD_FOLDER: build },
    });
    return JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(join(root, build), { recursive: true, force: true });
  }
}

/** The resources of a type, with the names that the template gives them. */
export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

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
