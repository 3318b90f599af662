import { STATUS_CODES } from 'node:http';
import { expect } from 'vitest';
import type { Answer } from './api.ts';

/** Asserts that the answer is a problem of that status and code, whole and in the one shape. */
export function expectProblem(answer: Answer, status: number, code: string, fields?: string[]) {
  expect(answer).toMatchObject({ status, body: { code, status } });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.body).toEqual({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: expect.stringMatching(/^[A-Z].*\.$/),
    code,
    ...(fields && { errors: expect.any(Object) }),
  });
  if (fields) {
    expect(Object.keys(answer.body.errors).sort()).toEqual([...fields].sort());
    for (const sentences of Object.values(answer.body.errors)) {
      expect(sentences).toEqual(expect.arrayContaining([expect.stringMatching(/^(This|You) .*\.$/)]));
    }
  }
  expect(answer.headers['www-authenticate']).toBe(challenge(status, code));
}

function challenge(status: number, code: string): string | undefined {
  if (status !== 401) return undefined;
  return code.startsWith('token_') ? 'Bearer error="invalid_token"' : 'Bearer';
}
