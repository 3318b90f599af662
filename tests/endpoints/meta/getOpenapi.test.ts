import { expect, test } from 'vitest';
import description from '../../../openapi/openapi.json' with { type: 'json' };
import { get } from '../../support/api.ts';

test('answers the description of the repository with the address of this deployment', async () => {
  const { status, headers, body } = await get('/openapi.json');
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(headers['cache-control']).toBe('public, max-age=300');
  expect(body.servers).toEqual([expect.objectContaining({ url: process.env.ISSUER })]);
  expect({ ...body, servers: description.servers }).toEqual(description);
});
