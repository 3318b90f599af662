import { defineConfig } from 'vitest/config';
import { LOCAL_TABLE } from './local/service/table.ts';

/** Other people's tools, run on what we publish: `npm run test:tools`. */
export default defineConfig({
  test: {
    name: 'tools',
    include: ['tests/tools/*.test.ts'],
    setupFiles: ['tests/support/environment.ts'],
    globalSetup: ['tests/support/database.ts', 'tests/support/service.ts'],
    env: { TRANSPORT: 'http', TABLE_NAME: LOCAL_TABLE },
    expect: { requireAssertions: true },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: process.env.CI ? ['default'] : ['dot'],
  },
});
