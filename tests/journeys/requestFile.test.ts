import { expect, test } from 'vitest';
import { routes } from '../../lib/http/routes.ts';
import { send } from '../support/api.ts';
import { type FileRequest, fillIn, readRequestFile } from '../support/requestFile.ts';

const requests = readRequestFile();

/** The pattern of a route, where `{username}` stands for a variable or `me`. */
function answers(route: { method: string; path: string }, { method, path }: FileRequest): boolean {
  const [address = ''] = path.split('?');
  const pattern = route.path.replaceAll('.', '\\.').replace('{username}', '(\\{\\{[^/]+\\}\\}|me)');
  return route.method === method && new RegExp(`^${pattern}/?$`).test(address);
}

test.each(Object.entries(routes))('requests.http has a request for %s', (_, route) => {
  expect(requests.filter((request) => answers(route, request))).not.toEqual([]);
});

test('requests.http succeeds from top to bottom', async () => {
  const seconds = Math.floor(Date.now() / 1000);
  const bodies = new Map<string, unknown>();
  const failures: string[] = [];
  for (const { title, name, method, path, headers, body } of requests) {
    const fill = (text: string) => fillIn(text, bodies, seconds);
    const filled = Object.entries(headers).map(([header, value]) => [header, fill(value)]);
    const options = { headers: Object.fromEntries(filled) };
    const answer = await send(method, fill(path), body === undefined ? undefined : fill(body), options);
    if (answer.status >= 300) failures.push(`${title}: ${answer.status}`);
    if (name) bodies.set(name, answer.body);
  }
  expect(failures).toEqual([]);
});
