import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retrainingAlerts } from '../../src/monitoring/alerts.js';
import type { Alert, RetrainingFailure } from '../../src/contracts/monitoring.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { schedulesOf, createTemporalSchedules } from '../../src/vendors/temporal/schedules.js';
import { sha256Of } from '../../src/store/files.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { workerFor } from '../support/worker.js';
import { passedGate, scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';
import { retrain } from './retraining.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

describe('a retraining that fails', () => {
  it('fails with its training, so that its schedule pauses', async () => {
    const failure = ApplicationFailure.nonRetryable('The table lost a column.', 'DataContract');
    const { outcome, ended } = await retrain(temporal, { registerModel: () => Promise.reject(failure) });
    expect(outcome).toBeInstanceOf(WorkflowFailedError);
    expect(ended).toEqual(['failed: The table lost a column.']);
  });

  it('says that it failed also when it could not read its data, and tells of it', async () => {
    const failure = ApplicationFailure.nonRetryable('The source is gone.', 'SourceMissing');
    const alert: Alert = {
      ...{ id: 'anemia-detection/failed', kind: 'retraining-failed', at: '2026-11-24T10:00:00.000Z' },
      ...{ model: { name: 'anemia-detection', version: 3 }, message: 'failed', report: null },
    };
    const [ended, reported]: string[][] = [[], []];
    const { outcome, calls } = await retrain(temporal, {
      ingestDataset: () => Promise.reject(failure),
      finishRetraining: ({ cause, outcome: end, reason }) => {
        ended!.push(`${cause} ${end}: ${reason}`);
        return Promise.resolve({ alerts: [{ alert, sink: 'log' }] });
      },
      sendAlert: (sent) => Promise.resolve(void reported!.push(`${sent.sink} ${sent.alert.kind}`)),
    });
    expect(outcome).toBeInstanceOf(WorkflowFailedError);
    expect(ended).toEqual(['drift failed: The source is gone.']);
    expect(reported).toEqual(['log retraining-failed']);
    expect(calls).not.toContain('claimRetraining');
  });

  it('started by its schedule and failed, has the schedule paused with a note that is alerted', async () => {
    const failure = ApplicationFailure.nonRetryable('The source is gone.', 'SourceMissing');
    const runs: string[] = [];
    const { activities } = scriptedActivities({
      ingestDataset: () => Promise.reject(failure),
      finishRetraining: ({ run }) => {
        runs.push(run);
        return Promise.resolve({ alerts: [] });
      },
    });
    const definition = await loadDefinition('pipelines/anemia.json', ['model=scheduled-failure']);
    const [, spec] = schedulesOf(definition, PROJECT.store);
    const schedules = createTemporalSchedules(temporal.client.schedule, PROJECT);
    const worker = await workerFor(temporal, activities);
    const text = await worker.runUntil(async () => {
      await schedules.ensure({ ...spec, everyMinutes: 1 / 60, jitterSeconds: 0 });
      return until(
        () => schedules.pauseNote(spec.id),
        (note) => note !== null,
      );
    });
    await schedules.remove(spec.id);

    const pauseNote = { text: text!, sha256: sha256Of(text!) };
    const now = new Date('2026-11-24T10:00:00.000Z');
    const alerts = (failures: RetrainingFailure[]) =>
      retrainingAlerts(definition, { pause: null, failures }, { pauseNote, now, version: 3 });
    expect(alerts([])).toMatchObject([{ kind: 'retraining-paused', model: { version: 3 } }]);
    expect(alerts([])[0]!.message).toContain(`npm run schedules -- resume ${spec.id}.`);
    const failed = { run: runs[0]!, at: now.toISOString(), message: 'failed' };
    expect(alerts([failed]).map(({ kind }) => kind)).toEqual(['retraining-failed']);
  });

  it('says how it ended once, also when nobody can be told', async () => {
    const down = ApplicationFailure.nonRetryable('The registry is away.', 'LogTampered');
    const ended: string[] = [];
    const { outcome } = await retrain(temporal, {
      judgeCandidate: () => Promise.resolve({ ...passedGate, passed: false }),
      finishRetraining: ({ outcome: end }) => {
        ended.push(end);
        return Promise.reject(down);
      },
    });
    expect(outcome).toBeInstanceOf(WorkflowFailedError);
    expect(ended).toEqual(['refused']);
  });
});
