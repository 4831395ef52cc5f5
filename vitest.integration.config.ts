import { defineConfig } from 'vitest/config';

/**
 * Tests against programs that `npm run services:install` brings; long ones of what people do; and those that kill, cut off and
 * corrupt.
 */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts', 'test/system/{journeys,faults}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 300_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
    maxConcurrency: 3,
  },
});
