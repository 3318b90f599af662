import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DESCRIPTION, run } from './run.ts';

const ruleset = join(import.meta.dirname, '../../.spectral.yaml');

test('Spectral has nothing to say of the description, not even a hint', async () => {
  const words = ['lint', DESCRIPTION, '--ruleset', ruleset, '--fail-severity', 'hint', '--format', 'json'];
  const output = await run('@stoplight/spectral-cli', 'spectral', words);
  expect(JSON.parse(output.slice(0, output.lastIndexOf(']') + 1))).toEqual([]);
});
