import { expect, test } from 'vitest';
import { STANDARD_HEADERS } from '../../../lib/http/headers.ts';
import { expectConformance } from '../../support/conformance.ts';
import type { Response } from '../../support/gateway.ts';

const headers = {
  'x-request-id': 'one',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=1',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': STANDARD_HEADERS['Access-Control-Expose-Headers'],
  'cache-control': 'no-store',
  'content-type': 'application/json',
};

const refresh = { method: 'POST', path: '/careers/users/token/refresh/', body: '{"refresh":"R"}' };
const refreshed: Response = { status: 200, headers, text: '{"access":"A"}' };

const problem = (status: number, code: string, more: Record<string, string> = {}): Response => ({
  status,
  headers: { ...headers, 'content-type': 'application/problem+json', ...more },
  text: JSON.stringify({ type: 'about:blank', title: 'T', status, detail: 'D', code }),
});

test('takes what the description promises', () => {
  expect(() => expectConformance(refresh, refreshed)).not.toThrow();
  expect(() => expectConformance({ ...refresh, body: 'no JSON' }, problem(400, 'parse_error'))).not.toThrow();
});

test('refuses a body, a header, a status, a code or a media type that the description does not have', () => {
  const wrong: [Response, RegExp][] = [
    [{ ...refreshed, text: '{"access":1}' }, /must be string/],
    [{ ...refreshed, headers: { ...headers, 'x-request-id': '' } }, /X-Request-Id/],
    [{ ...refreshed, status: 201 }, /no such status/],
    [{ ...refreshed, headers: { ...headers, 'content-type': 'text/plain' } }, /media type/],
    [problem(401, 'token_not_valid'), /WWW-Authenticate is missing/],
    [
      problem(401, 'no_active_account', { 'www-authenticate': 'Bearer' }),
      /does not say that no_active_account/,
    ],
    [problem(401, 'not_found', { 'www-authenticate': 'Bearer' }), /must be equal to one of/],
    [
      { ...refreshed, headers: { ...headers, 'set-cookie': 'a=b' } },
      /nothing is said of the headers set-cookie/,
    ],
  ];
  for (const [response, reason] of wrong) {
    expect(() => expectConformance(refresh, response)).toThrow(reason);
  }
});

test('refuses success for a request that the description does not allow', () => {
  expect(() => expectConformance({ ...refresh, body: '{"refresh":1}' }, refreshed)).toThrow(/must be string/);
});

test('wants 404 where nothing is described and 405 for another method', () => {
  const nowhere = { method: 'GET', path: '/careers/users/a/b/c' };
  expect(() => expectConformance(nowhere, problem(404, 'not_found'))).not.toThrow();
  expect(() => expectConformance(nowhere, refreshed)).toThrow(/404 or 405/);
  const other = { method: 'PUT', path: '/careers/users/me' };
  expect(() => expectConformance(other, problem(405, 'method_not_allowed', { allow: 'GET' }))).not.toThrow();
});
