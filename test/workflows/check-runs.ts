import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../src/activities/index.js';
import type { CheckDecision, CheckEntry } from '../../src/contracts/monitoring.js';
import { workerFor } from '../support/worker.js';
import { checkEntry, scriptedActivities } from './scripted.js';

export const EPISODE = {
  id: 'drift-2026-11-24T10:00:00.000Z',
  kind: 'drift',
  since: '2026-11-24T10:00:00.000Z',
} as const;
export const ALARM: CheckDecision = {
  state: 'alarm',
  episodes: [EPISODE],
  begun: [EPISODE],
  retrain: 'drift',
  why: 'r drifted in 2 of 3 windows.',
};

/** Every check begins an episode. */
export const concludesAlarm: Activities['concludeCheck'] = ({ mode, window, run }) =>
  Promise.resolve(checkEntry({ mode, window, run, decision: ALARM }));

/** Runs `act` beside a worker with scripted activities; `entries` are the checks that were recorded. */
export async function withCheckWorker<T>(
  temporal: TestWorkflowEnvironment,
  script: Partial<Activities>,
  act: () => Promise<T>,
) {
  const entries: CheckEntry[] = [];
  const { activities: scripted, calls } = scriptedActivities(script);
  const activities: Activities = {
    ...scripted,
    concludeCheck: async (input) => {
      const entry = await scripted.concludeCheck(input);
      entries.push(entry);
      return entry;
    },
  };
  const worker = await workerFor(temporal, activities);
  return { result: await worker.runUntil(act), calls, entries };
}
