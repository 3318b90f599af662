import { defineConfig } from 'vitest/config';

/** Long randomised runs: `npm run test:soak`. */
export default defineConfig({
  test: {
    name: 'soak',
    include: [
      'tests/**/*.soak.test.ts',
      'tests/endpoints/faults/*.test.ts',
      'tests/journeys/concurrency.test.ts',
      'tests/endpoints/badInput*.test.ts',
      'tests/unit/local/audit/live.test.ts',
    ],
    setupFiles: ['tests/support/environment.ts'],
    globalSetup: 'tests/support/database.ts',
    env: {
      TRANSPORT: 'handlers',
      LOAD_REQUESTS: '1000',
      REGISTRATIONS: '300',
      BAD_INPUT_RUNS: '2000',
      AUDITED_USERS: '10000',
    },
    expect: { requireAssertions: true },
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
  },
});
