import { expect, test } from 'vitest';
import { send } from '../support/api.ts';
import { fillIn, readRequestFile } from '../support/requestFile.ts';

const requests = readRequestFile();

test('requests.http succeeds from top to bottom', async () => {
  const bodies = new Map<string, unknown>();
  const failures: string[] = [];
  for (const { title, name, method, path, headers, body } of requests) {
    const fill = (text: string) => fillIn(text, bodies);
    const filled = Object.entries(headers).map(([header, value]) => [header, fill(value)]);
    const options = { headers: Object.fromEntries(filled) };
    const answer = await send(method, fill(path), body === undefined ? undefined : fill(body), options);
    if (answer.status >= 300) failures.push(`${title}: ${answer.status}`);
    if (name) bodies.set(name, answer.body);
  }
  expect(failures).toEqual([]);
});
