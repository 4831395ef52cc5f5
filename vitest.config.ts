import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/faults/**'],
    globalSetup: ['test/support/global-setup.ts'],
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 3, // end-to-end tests wait more than they compute
  },
});
