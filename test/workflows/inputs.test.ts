import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKFLOW_NAMES, type WorkflowName } from '../../src/activities/check-input.js';
import { exampleOf } from '../unit/activities/inputs/examples.js';
import { MARK, rubbishOf } from '../unit/activities/inputs/rubbish.js';
import { PROJECT } from '../support/project.js';
import { temporaryDirectory } from '../support/temp.js';
import { connectTemporal } from '../support/temporal.js';
import { workerFor } from '../support/worker.js';
import { failureOf } from './pipeline-runs.js';
import { scriptedActivities } from './scripted.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

/** How a workflow that anybody started ends, and the activities that it came to. */
async function ended(inputs: { workflow: WorkflowName; input: unknown }[]) {
  const { activities, calls } = scriptedActivities();
  const worker = await workerFor(temporal, activities);
  const ends = await worker.runUntil(() =>
    Promise.all(
      inputs.map(({ workflow, input }) =>
        temporal.client.workflow
          .execute(workflow, { workflowId: `foreign-${randomUUID()}`, taskQueue: PROJECT.taskQueue, args: [input] })
          .catch((error: unknown) => error),
      ),
    ),
  );
  return { failures: ends.map((end) => failureOf(end)), calls };
}

describe('what workflows are started with', () => {
  it.each(WORKFLOW_NAMES)('is checked by %s before anything else', async (workflow) => {
    // Schemas see every kind of rubbish in test/unit/activities/inputs; here are whole ones and one of each part at the top.
    const rubbish = [...rubbishOf({ ...(exampleOf(workflow) as object), store: PROJECT.store })].filter(
      ({ what }) => !what.includes('.'),
    );
    const { failures, calls } = await ended(rubbish.map(({ input }) => ({ workflow, input })));
    expect(calls).toEqual([]);
    for (const [i, { type, message }] of failures.entries()) {
      const { what } = rubbish[i]!;
      // Rubbish that does not say of which store it is comes to no activity at all, not even to the check.
      if (/^all$|store/.test(what) && type === 'StoreMismatch') continue;
      expect([what, type]).toEqual([what, 'InputInvalid']);
      expect(message).toMatch(new RegExp(`^The input of the (workflow ${workflow}|activity checkInput) `)); // the latter: none
      expect(message).not.toMatch(/COPY|secret-value|loot/);
    }
  });

  it('may hold no SQL where a class belongs: such a run ends with its name and writes no file', async () => {
    const loot = join(await temporaryDirectory(), 'loot.csv');
    const { definition } = exampleOf('trainingPipeline') as { definition: { target: { labels: object } } };
    definition.target.labels = { Yes: MARK.replace('/tmp/loot.csv', loot), No: 0 };
    const ours = { store: PROJECT.store };
    const { failures, calls } = await ended([
      { workflow: 'trainingPipeline', input: { ...ours, definition, reuse: false } },
      { workflow: 'retrainModel', input: { ...ours, definition, cause: 'drift' } },
      { workflow: 'checkDrift', input: { ...ours, definition, mode: 'scheduled', to: null, windowMinutes: null } },
    ]);
    expect(failures.map(({ type }) => type)).toEqual(['InputInvalid', 'InputInvalid', 'InputInvalid']);
    expect(failures[0]!.message).toMatch(/"definition\.target\.labels\.Yes"/);
    expect(calls).toEqual([]);
    expect(existsSync(loot)).toBe(false);
  });
});
