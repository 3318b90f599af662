import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/serverless.ts';

/** A request of requests.http, with its variables as they are written. */
export interface FileRequest {
  title: string;
  /** What later requests call its answer. */
  name: string | undefined;
  method: string;
  /** Below the base path, with its query. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** The requests of requests.http, in their order. */
export function readRequestFile(): FileRequest[] {
  const [, ...sections] = readFileSync(join(root, 'requests.http'), 'utf8').split(/^### */m);
  return sections.map((section) => {
    const [head = '', ...rest] = section.trimEnd().split('\n\n');
    const [title = '', ...lines] = head.split('\n');
    const name = lines.find((line) => line.startsWith('# @name '))?.slice('# @name '.length);
    const [request = '', ...headers] = lines.filter((line) => !line.startsWith('#'));
    const [method = '', url = ''] = request.split(' ');
    return {
      title,
      name,
      method,
      path: url.replace('{{users}}', ''),
      headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])),
      body: rest.length > 0 ? rest.join('\n\n') : undefined,
    };
  });
}

/** Puts values where a text has variables: of the answers so far, by name, and ids that are new. */
export function fillIn(text: string, answers: ReadonlyMap<string, unknown>): string {
  return text
    .replaceAll('{{$guid}}', () => randomUUID())
    .replaceAll(/\{\{(\w+)\.response\.body\.\$\.([\w.]+)\}\}/g, (variable, name, path) => {
      const value = path
        .split('.')
        .reduce((object: unknown, key: string) => member(object, key), answers.get(name));
      if (value === undefined) throw new Error(`Nothing so far has a value for ${variable}.`);
      return String(value);
    });
}

const member = (object: unknown, key: string) => (object as Record<string, unknown> | undefined)?.[key];
