import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { get } from '../../support/api.ts';

test('answers one page of HTML that names this deployment', async () => {
  const { status, headers, text } = await get('/docs/');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['cache-control']).toBe('public, max-age=300');
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).toContain(`<code>${process.env.ISSUER}</code>`);
});

test('its policy allows its own style and script by their hashes, and no other', async () => {
  const { headers, text } = await get('/docs/');
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  for (const element of ['style', 'script']) {
    const contents = [...text.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))];
    expect(contents).toHaveLength(1);
    const hash = createHash('sha256')
      .update(contents[0]?.[1] ?? '')
      .digest('base64');
    expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
  }
});
