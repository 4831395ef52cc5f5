import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'test/system/faults/**', 'test/system/journeys/**'],
    globalSetup: ['test/support/global-setup.ts'],
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than cores, since tests wait for servers and timers: on two cores 504 s with two at once, 414 to 421 s with three.
    maxWorkers: 3,
    maxConcurrency: 3,
  },
});
