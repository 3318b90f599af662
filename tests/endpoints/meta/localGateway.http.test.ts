import { expect, inject, test } from 'vitest';

const ask = (path: string, init?: RequestInit) => fetch(`${inject('service')}${path}`, init);

test.each(
  ['GET', 'POST', 'DELETE'].flatMap((method) =>
    ['/%', '/%zz/', '/%E0%A4%A/', '/%ff/followers/', '/me/sessions/%c0%80/', '/bob/unfollow%/'].map(
      (path) => [method, path] as const,
    ),
  ),
)('%s %s, an escape that says nothing, is refused in the one shape of failures', async (method, path) => {
  const response = await ask(path, { method });
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-request-id')).toMatch(/./);
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'The request could not be understood.',
    code: 'invalid',
  });
});

test.each(['/', '/me/', '/nowhere/at/all', '/%zz/', '/docs/'])(
  '%s offers no credentials to pages of other origins',
  async (path) => {
    const { headers } = await ask(path, { headers: { Origin: 'https://app.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  },
);
