import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import { PipelineFailure } from '../../src/contracts/failures.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { connectTemporal } from '../support/temporal.js';
import { workerFor } from '../support/worker.js';
import { pipelineRuns } from './pipeline-runs.js';
import { passedGate, scriptedActivities } from './scripted.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;

beforeAll(async () => {
  temporal = await connectTemporal();
  definition = await loadDefinition('pipelines/anemia.json');
});
afterAll(() => temporal.teardown());

const { start, run } = pipelineRuns(
  () => temporal,
  () => definition,
);

describe('deployment', () => {
  const shifts: (string | null)[] = [];
  const recording = (): Partial<Activities> => {
    shifts.length = 0;
    return {
      shiftTraffic: ({ input, routing }) => {
        shifts.push(routing?.functionVersion ?? null);
        return Promise.resolve({ url: 'http://127.0.0.1/live/', alias: input.policy.alias });
      },
    };
  };

  it('switches nothing when the smoke test fails', async () => {
    const { outcome } = await run({
      ...recording(),
      smokeTest: () => Promise.reject(new PipelineFailure('SmokeTestFailed', 'another prediction.')),
    });
    expect(outcome).toMatchObject({ outcome: 'rolled-back', reason: 'another prediction.', endpoint: null });
    expect(shifts).toEqual([]);
  });

  it('goes back to the former version when the registry refuses the promotion', async () => {
    const { outcome } = await run({
      ...recording(),
      promoteModel: () => Promise.reject(ApplicationFailure.nonRetryable('registry is read-only')),
    });
    expect(outcome).toMatchObject({ outcome: 'rolled-back', reason: 'registry is read-only' });
    expect(shifts).toEqual(['8', '7']);
  });

  it('takes the alias away again when a first deployment fails', async () => {
    await run({
      ...recording(),
      servingNow: () => Promise.resolve({ routing: null, former: null, champion: null }),
      promoteModel: () => Promise.reject(ApplicationFailure.nonRetryable('registry is read-only')),
    });
    expect(shifts).toEqual(['8', null]);
  });

  it('gives the champion back with the alias, and tries a step back again that fails', async () => {
    const restored: (number | null)[] = [];
    const { outcome } = await run({
      ...recording(),
      servingNow: () => Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: 2 }),
      judgeCandidate: () => Promise.resolve({ ...passedGate, champion: 2 }),
      promoteModel: () => Promise.reject(ApplicationFailure.nonRetryable('lost the answer')),
      restoreChampion: ({ champion }) => {
        restored.push(champion);
        if (restored.length > 1) return Promise.resolve();
        return Promise.reject(ApplicationFailure.nonRetryable('registry is read-only'));
      },
    });
    expect(outcome).toMatchObject({ outcome: 'rolled-back', reason: 'lost the answer' });
    expect(restored).toEqual([2, 2]);
    expect(shifts).toEqual(['8', '7']);
  });

  it('judges again when another model was deployed since', async () => {
    const judged: (number | null)[] = [null, 5];
    const { outcome, calls } = await run({
      servingNow: () => Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: 5 }),
      judgeCandidate: () => Promise.resolve({ ...passedGate, champion: judged.shift()! }),
    });
    expect(outcome).toMatchObject({ outcome: 'deployed', gate: { champion: 5 } });
    expect(calls.filter((name) => name === 'judgeCandidate')).toHaveLength(2);
    expect(calls.filter((name) => name === 'publishModel')).toHaveLength(1);
  });

  it('is refused when the gate prefers the model that was deployed meanwhile', async () => {
    const verdicts = [passedGate, { ...passedGate, passed: false, champion: 5 }];
    const { outcome, calls } = await run({
      servingNow: () => Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: 5 }),
      judgeCandidate: () => Promise.resolve(verdicts.shift()!),
    });
    expect(outcome).toMatchObject({ outcome: 'refused', endpoint: null });
    expect(calls).not.toContain('publishModel');
  });

  it('goes back when it is cancelled after the switch', async () => {
    let promoting = () => {};
    const reached = new Promise<void>((resolve) => (promoting = resolve));
    const { activities } = scriptedActivities({
      ...recording(),
      promoteModel: () => {
        promoting();
        return Context.current().cancelled;
      },
    });
    const worker = await workerFor(temporal, activities);
    await worker.runUntil(async () => {
      const handle = await start();
      await reached;
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow('cancelled');
    });
    expect(shifts).toEqual(['8', '7']);
  });

  it('waits for another deployment of the same model', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let publishing = 0;
    let most = 0;
    const { activities } = scriptedActivities({
      publishModel: async () => {
        most = Math.max(most, ++publishing);
        await held;
        publishing--;
        return { functionVersion: '8', published: true };
      },
    });
    const worker = await workerFor(temporal, activities);
    await worker.runUntil(async () => {
      const [first, second] = await Promise.all([start(), start()]);
      await expect.poll(() => publishing).toBe(1);
      release();
      expect([(await first.result()).outcome, (await second.result()).outcome]).toEqual(['deployed', 'deployed']);
    });
    expect(most).toBe(1);
  });
});
