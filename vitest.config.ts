import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/faults/**', 'test/journeys/**'],
    globalSetup: ['test/support/global-setup.ts'],
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // End-to-end tests start servers and workers: more at once only wait for each other.
    maxWorkers: 2,
    maxConcurrency: 3,
  },
});
