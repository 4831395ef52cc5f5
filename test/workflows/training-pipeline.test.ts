import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/contracts/definition.js';
import { PipelineFailure } from '../../src/contracts/failures.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { connectTemporal } from '../support/temporal.js';
import { failureOf, pipelineRuns } from './pipeline-runs.js';
import { passedGate } from './scripted.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;

beforeAll(async () => {
  temporal = await connectTemporal();
  definition = await loadDefinition('pipelines/anemia.json');
});
afterAll(() => temporal.teardown());

const { run } = pipelineRuns(
  () => temporal,
  () => definition,
);

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
