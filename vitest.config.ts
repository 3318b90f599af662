import { defineConfig } from 'vitest/config';

const shared = {
  setupFiles: ['tests/support/environment.ts'],
  expect: { requireAssertions: true },
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // The short form; vitest.soak.config.ts has the long one.
    env: { LOAD_REQUESTS: '200', BAD_INPUT_RUNS: '60' },
    // Most of a test is waiting, so that a worker beside the last core pays.
    maxWorkers: 3,
    reporters: process.env.CI ? ['default'] : ['dot'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          exclude: ['tests/**/*.soak.test.ts'],
          globalSetup: 'tests/support/database.ts',
        },
      },
      {
        test: {
          ...shared,
          name: 'handlers',
          include: ['tests/endpoints/**/*.test.ts', 'tests/journeys/**/*.test.ts'],
          exclude: ['tests/**/*.http.test.ts'],
          globalSetup: 'tests/support/database.ts',
          env: { TRANSPORT: 'handlers' },
        },
      },
      {
        test: {
          ...shared,
          name: 'http',
          include: ['tests/endpoints/**/*.test.ts', 'tests/journeys/**/*.test.ts'],
          exclude: ['tests/**/*.handlers.test.ts', 'tests/**/*.soak.test.ts'],
          globalSetup: ['tests/support/database.ts', 'tests/support/service.ts'],
          env: { TRANSPORT: 'http' },
        },
      },
    ],
  },
});
