import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import { PipelineFailure } from '../../src/contracts/failures.js';
import { type PipelineStatus, STATUS_QUERY, TASK_QUEUE, TRAINING_PIPELINE } from '../../src/contracts/pipeline.js';
import { loadDefinition } from '../../src/definition.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { startTemporal } from '../support/temporal.js';
import { workerFor } from '../support/worker.js';
import { passedGate, scriptedActivities } from './scripted.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;

beforeAll(async () => {
  temporal = await startTemporal();
  definition = await loadDefinition('pipelines/anemia.json');
});
afterAll(() => temporal.teardown());

const start = () =>
  temporal.client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId: `train-${randomUUID()}`,
    taskQueue: TASK_QUEUE,
    args: [{ definition, reuse: true }],
  });

/** Runs one pipeline to its end with scripted activities. */
async function run(script: Partial<Activities> = {}) {
  const { activities, calls } = scriptedActivities(script);
  const worker = await workerFor(temporal.nativeConnection, activities);
  return worker.runUntil(async () => {
    const handle = await start();
    const outcome = await handle.result().catch((error: unknown) => error);
    const status = await handle.query<PipelineStatus>(STATUS_QUERY);
    const { searchAttributes } = await handle.describe(); // eslint-disable-line @typescript-eslint/no-deprecated
    return { outcome, status, calls, searchAttributes, handle };
  });
}

/** Type of the failure that ended a run. */
function failureOf(outcome: unknown): ApplicationFailure {
  expect(outcome).toBeInstanceOf(WorkflowFailedError);
  let cause = (outcome as Error).cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause !== undefined)
    cause = cause.cause;
  return cause as ApplicationFailure;
}

describe('training pipeline', () => {
  it('runs every stage and deploys what passed its gate', async () => {
    const { outcome, calls, searchAttributes } = await run();
    expect(outcome).toMatchObject({
      outcome: 'deployed',
      unchanged: false,
      chosen: 'cart',
      dataset: { rows: 104, rejected: 1 },
      model: { version: 3 },
      endpoint: { url: 'http://127.0.0.1/live/', alias: 'live' },
    });
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
    expect(calls.filter((name) => name === 'crossValidateCandidate')).toHaveLength(6);
    expect(calls.slice(-8)).toEqual([
      'recordDecision',
      'servingNow',
      'publishModel',
      'smokeTest',
      'shiftTraffic',
      'promoteModel',
      'scheduleMonitoring',
      'reportTraining',
    ]);
    expect(searchAttributes).toMatchObject({
      Model: ['anemia-detection'],
      ModelVersion: ['3'],
      Stage: ['monitor'],
      Verdict: ['passed'],
      DatasetDigest: ['e'.repeat(12)],
    });
  });

  it('collects warnings, rejected rows among them, each once', async () => {
    const { status } = await run();
    expect(status.warnings.map(({ message }) => message)).toEqual([
      '1 row rejected: 1 out-of-range in "Hb" (line 7).',
      'hb gives the label away.',
    ]);
  });

  it('chooses among the full-feature rows only', async () => {
    const { status } = await run();
    expect(status.leaderboard.find(({ without }) => without === 'hb')?.metrics.rocAuc.value).toBe(0.99);
    expect(status.chosen).toBe('cart');
  });

  it('ends as refused, registered but not deployed, when the gate refuses', async () => {
    const checks = [{ rule: 'rocAuc at least 0.99', passed: false, found: '0.970' }];
    const { outcome, calls, status } = await run({
      judgeCandidate: () => Promise.resolve({ ...passedGate, passed: false, checks }),
    });
    expect(outcome).toMatchObject({ outcome: 'refused', model: { version: 3 }, endpoint: null });
    expect(calls).toContain('registerModel');
    for (const never of ['publishModel', 'scheduleMonitoring']) expect(calls).not.toContain(never);
    expect(calls.at(-1)).toBe('reportTraining');
    expect(status.stages.slice(-2)).toMatchObject([
      { stage: 'deploy', state: 'skipped' },
      { stage: 'monitor', state: 'skipped' },
    ]);
    expect(status.stages.find(({ stage }) => stage === 'validate')?.found).toContain(
      'rocAuc at least 0.99, found 0.970',
    );
  });

  it('serves, with a warning, when it can be neither monitored nor reported', async () => {
    const { outcome } = await run({
      scheduleMonitoring: () => Promise.reject(new PipelineFailure('CredentialsRejected', 'No schedules for you.')),
      reportTraining: () => Promise.reject(new PipelineFailure('DataContract', 'No room.')),
    });
    expect(outcome).toMatchObject({
      outcome: 'deployed',
      report: null,
      warnings: expect.arrayContaining([
        { code: 'not-monitored', message: 'The model serves, but is not monitored: No schedules for you.' },
        { code: 'not-reported', message: 'The report could not be written: No room.' },
      ]) as unknown,
    });
  });

  it('fails with the name of the failure, without trying again', async () => {
    const { outcome, calls } = await run({
      prepareFeatures: () => Promise.reject(new PipelineFailure('DataContract', 'all rows are negative.')),
    });
    const failure = failureOf(outcome);
    expect([failure.type, failure.nonRetryable, failure.message]).toEqual([
      'DataContract',
      true,
      'all rows are negative.',
    ]);
    expect(calls.filter((name) => name === 'prepareFeatures')).toHaveLength(1);
    expect(calls).not.toContain('crossValidateCandidate');
  });

  it('tries a passing trouble again', async () => {
    let tries = 0;
    const { outcome } = await run({
      registerModel: () => {
        tries++;
        if (tries < 3) return Promise.reject(new Error('registry is away'));
        return Promise.resolve({ name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) });
      },
    });
    expect(outcome).toMatchObject({ outcome: 'deployed' });
    expect(tries).toBe(3);
  });

  it('says which stages were reused', async () => {
    const { status } = await run({
      profileDataset: () =>
        Promise.resolve({ reused: true, result: { profile: { uri: 'file:///p', sha256: '1', bytes: 1 }, rows: 104 } }),
    });
    expect(status.stages.filter(({ reused }) => reused).map(({ stage }) => stage)).toEqual(['profile']);
  });

  it('keeps its history within the budget', async () => {
    const { handle } = await run();
    const { historyLength, historySize } = await handle.describe();
    expect(historyLength).toBeLessThanOrEqual(200);
    expect(historySize).toBeLessThanOrEqual(256 * 1024);
  });
});

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
    const worker = await workerFor(temporal.nativeConnection, activities);
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
    const worker = await workerFor(temporal.nativeConnection, activities);
    await worker.runUntil(async () => {
      const [first, second] = await Promise.all([start(), start()]);
      await expect.poll(() => publishing).toBe(1);
      release();
      expect([(await first.result()).outcome, (await second.result()).outcome]).toEqual(['deployed', 'deployed']);
    });
    expect(most).toBe(1);
  });
});
