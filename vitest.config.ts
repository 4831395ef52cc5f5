import { defineConfig } from 'vitest/config';

/** Units that change what files of one process share: the table of learners, a module of Node. */
const ALONE = ['test/unit/learner/*.test.ts', 'test/unit/data/ingest-repeat.test.ts'];

/** Units that start programs, which set-up makes. */
const PROGRAMS = [
  'test/unit/cli/{approvers,silence}.test.ts',
  'test/unit/local/temporal-http.test.ts',
  'test/unit/vendors/aws/bucket-format.test.ts',
  'test/unit/worker/workflow-code.test.ts',
];

const INTEGRATION = ['test/integration/**', 'test/system/{faults,journeys}/**'];

export default defineConfig({
  test: {
    expect: { poll: { timeout: 60_000 } },
    // Generous, because only a defect ever waits so long; a property takes a minute where ten others want the processor.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // More than cores, since tests wait for servers and timers: on two cores 504 s with two at once, 414 to 421 s with three.
    maxWorkers: 3,
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: [...ALONE, ...PROGRAMS],
          // Files share processes: half of their time would go into loading the same modules again.
          isolate: false,
          setupFiles: ['test/support/restore.ts'],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/{replay,workflows,system}/**/*.test.ts', ...PROGRAMS],
          exclude: INTEGRATION,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
