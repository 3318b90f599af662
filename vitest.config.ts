import { defineConfig } from 'vitest/config';
import { LOCAL_TABLE } from './local/service/table.ts';

const shared = {
  setupFiles: ['tests/support/environment.ts'],
  expect: { requireAssertions: true },
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/**
 * What runs twice, straight into the handlers and over HTTP. Files share a process, and what it has loaded; in the
 * handlers each process has a table of its own, for a list may lag behind a crowd that another process makes.
 */
const transported = {
  ...shared,
  include: ['tests/endpoints/**/*.test.ts', 'tests/journeys/**/*.test.ts'],
  isolate: false,
};

export default defineConfig({
  test: {
    // The short form; vitest.soak.config.ts has the long one.
    env: { LOAD_REQUESTS: '200', REGISTRATIONS: '120', BAD_INPUT_RUNS: '60', AUDITED_USERS: '100' },
    // Most of a test is waiting, so that a worker beside the last core pays.
    maxWorkers: 3,
    reporters: process.env.CI ? ['default'] : ['dot'],
    projects: [
      {
        test: {
          ...transported,
          name: 'http',
          exclude: ['tests/**/*.handlers.test.ts'],
          globalSetup: ['tests/support/database.ts', 'tests/support/service.ts'],
          env: { TRANSPORT: 'http', TABLE_NAME: LOCAL_TABLE },
        },
      },
      {
        test: {
          ...transported,
          name: 'handlers',
          exclude: ['tests/**/*.http.test.ts', 'tests/**/*.handlers.test.ts'],
          globalSetup: 'tests/support/database.ts',
          env: { TRANSPORT: 'handlers' },
        },
      },
      {
        // The list once more, with the other engine of the directory.
        test: {
          ...transported,
          name: 'postgres',
          include: ['tests/endpoints/users/listUsers.test.ts'],
          setupFiles: [...shared.setupFiles, 'tests/support/postgresDirectory.ts'],
          globalSetup: 'tests/support/database.ts',
          env: { TRANSPORT: 'handlers', TABLE_NAME: LOCAL_TABLE },
        },
      },
      {
        // A process and a table for each file.
        test: {
          ...shared,
          name: 'isolated',
          include: ['tests/unit/**/*.test.ts', 'tests/**/*.handlers.test.ts'],
          exclude: ['tests/**/*.soak.test.ts'],
          globalSetup: 'tests/support/database.ts',
        },
      },
    ],
  },
});
