import { request } from 'node:http';
import { expect, inject, test } from 'vitest';
import { newUser } from '../../support/users.ts';

/** Sends headers that fetch would join. */
async function statusOf(path: string, authorization: string[]): Promise<[number | undefined, string]> {
  const sent = request(`${inject('service')}${path}`, { headers: { Authorization: authorization } }).end();
  const [response] = await new Promise<[import('node:http').IncomingMessage]>((resolve, reject) => {
    sent.once('response', (message) => resolve([message]));
    sent.once('error', reject);
  });
  const { code = '' } = JSON.parse(Buffer.concat(await Array.fromAsync(response)).toString());
  return [response.statusCode, code];
}

test('more than one Authorization header is refused, wherever a token is looked at', async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const [first, second] = [`Bearer ${alice.access}`, `Bearer ${bob.access}`];
  for (const path of ['/me', `/${bob.username}`, '']) {
    expect(await statusOf(path, [first, second])).toEqual([401, 'token_not_valid']);
    expect(await statusOf(path, [first, first])).toEqual([401, 'token_not_valid']);
    expect(await statusOf(path, [first, 'Basic eDp5'])).toEqual([401, 'token_not_valid']);
    expect(await statusOf(path, [first])).toEqual([200, '']);
  }
});
