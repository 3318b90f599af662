import { defineConfig } from 'vitest/config';

/** Long randomised runs: `npm run test:soak`. */
export default defineConfig({
  test: {
    name: 'soak',
    include: ['tests/**/*.soak.test.ts'],
    setupFiles: ['tests/support/environment.ts'],
    globalSetup: 'tests/support/database.ts',
    env: { DOOR: 'handlers' },
    expect: { requireAssertions: true },
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
  },
});
