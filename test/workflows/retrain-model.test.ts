import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { retrainingAlerts } from '../../src/activities/retraining-alerts.js';
import type { Alert } from '../../src/contracts/monitoring.js';
import { ownId, RETRAIN } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { schedulesOf } from '../../src/vendors/temporal/schedules.js';
import type { RetrainingFailure } from '../../src/registry/monitoring-log.js';
import { createTemporalSchedules } from '../../src/vendors/temporal/temporal-schedules.js';
import type { retrainModel } from '../../src/workflows/retrain-model.js';
import { startTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { workerFor } from '../support/worker.js';
import { passedGate, scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(() => temporal.teardown());

/** Runs one retraining beside a worker with scripted activities. */
async function retrain(
  script: Partial<Activities> = {},
  meanwhile: (handle: { cancel: () => Promise<unknown> }) => Promise<void> = () => Promise.resolve(),
) {
  const ended: string[] = [];
  const { activities, calls } = scriptedActivities({
    finishRetraining: ({ outcome, reason }) => {
      ended.push(reason === '' ? outcome : `${outcome}: ${reason}`);
      return Promise.resolve({ alerts: [] });
    },
    ...script,
  });
  const worker = await workerFor(temporal.nativeConnection, activities);
  const definition = await loadDefinition('pipelines/anemia.json');
  let attributes: [name: string, value: unknown][] = [];
  const outcome: unknown = await worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start<typeof retrainModel>(RETRAIN, {
      workflowId: `retrain-${randomUUID()}`,
      taskQueue: PROJECT.taskQueue,
      args: [{ store: PROJECT.store, definition, cause: 'drift' }],
    });
    await meanwhile(handle);
    const result: unknown = await handle.result().catch((error: unknown) => error);
    const { typedSearchAttributes } = await handle.describe();
    attributes = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    return result;
  });
  return { outcome, calls, ended, attributes };
}

/** What the server sets on runs of a schedule, and takes from anybody. */
const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', SearchAttributeType.KEYWORD);

describe('a retraining', () => {
  it('runs the whole pipeline under a name made of the data, and writes down how it ended', async () => {
    const { outcome, calls, ended } = await retrain();
    const training = `train-anemia-detection-retrain-${'d'.padEnd(12, '0')}`;
    expect(outcome).toEqual({ outcome: 'deployed', reason: '', training });
    expect(calls.indexOf('claimRetraining')).toBeLessThan(calls.indexOf('crossValidateCandidate'));
    expect(calls).toContain('recordDecision');
    expect(calls).not.toContain('scheduleMonitoring');
    expect(ended).toEqual(['deployed']);
    const { status } = await temporal.client.workflow.getHandle(training).describe();
    expect(status.name).toBe('COMPLETED');
  });

  it('says that its schedule began it where that did, and of no other start what its input or an attribute says', async () => {
    const origins: unknown[] = [];
    let ended = 0;
    const definition = await loadDefinition('pipelines/anemia.json');
    const [, spec] = schedulesOf(definition, PROJECT.store);
    const schedules = createTemporalSchedules(temporal.client.schedule, PROJECT);
    const scheduleId = ownId(spec.id, PROJECT.taskQueue);
    const { activities } = scriptedActivities({
      claimRetraining: async ({ schedule, run }) => ({
        ...{ allowed: true, training: `train-${randomUUID()}` },
        bySchedule: schedule === scheduleId && (await schedules.hasStarted(spec.id, run)),
      }),
      registerModel: ({ origin }) => {
        origins.push(origin);
        return Promise.resolve({ name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) });
      },
      finishRetraining: () => {
        ended++;
        return Promise.resolve({ alerts: [] });
      },
    });
    const worker = await workerFor(temporal.nativeConnection, activities);
    await worker.runUntil(async () => {
      for (const origin of [undefined, { kind: 'schedule', id: scheduleId }, { kind: 'episode', id: 'e', what: 'x' }])
        await temporal.client.workflow.execute(RETRAIN, {
          workflowId: `retrain-${randomUUID()}`,
          taskQueue: PROJECT.taskQueue,
          args: [{ store: PROJECT.store, definition, cause: 'schedule', ...(origin && { origin }) }],
        });
      await schedules.ensure({ ...spec, everyMinutes: null });
      const typedSearchAttributes = [{ key: SCHEDULED_BY, value: scheduleId }];
      await temporal.client.workflow.execute(RETRAIN, {
        ...{ workflowId: `${spec.id}-${randomUUID()}`, taskQueue: PROJECT.taskQueue, typedSearchAttributes },
        args: [{ store: PROJECT.store, definition, cause: 'schedule' }],
      });
      await temporal.client.schedule.getHandle(scheduleId).trigger();
      await until(
        () => Promise.resolve(ended),
        (count) => count === 5,
      );
    });
    await schedules.remove(spec.id);
    expect(origins).toEqual([null, null, null, null, { kind: 'schedule', id: scheduleId }]);
  });

  it.each([
    ['deployed', {}],
    ['held-back', { claimRetraining: () => Promise.resolve({ allowed: false, reason: 'cooldown' }) }],
    ['failed', { ingestDataset: () => Promise.reject(ApplicationFailure.nonRetryable('Gone.', 'SourceMissing')) }],
  ] as [string, Partial<Activities>][])('%s, can be searched for by that', async (verdict, script) => {
    const { attributes } = await retrain(script);
    expect(attributes).toEqual(
      expect.arrayContaining([
        ['Model', 'anemia-detection'],
        ['Stage', 'retrain'],
        ['Verdict', verdict],
      ]),
    );
  });

  it('trains nothing when a brake holds it', async () => {
    const reason = 'no new labelled data';
    const { outcome, calls, ended } = await retrain({
      claimRetraining: () => Promise.resolve({ allowed: false, reason }),
    });
    expect(outcome).toEqual({ outcome: 'held-back', reason });
    expect(calls).toEqual(['ingestDataset', 'claimRetraining']);
    expect(ended).toEqual([]);
  });

  it('whose training runs already gives its turn back', async () => {
    const training = 'train-anemia-detection-retrain-runs-already';
    const running = await temporal.client.workflow.start('trainingPipeline', {
      ...{ workflowId: training, taskQueue: 'nobody-listens', args: [] },
    });
    const { outcome, calls, ended } = await retrain({
      claimRetraining: () => Promise.resolve({ allowed: true, training, bySchedule: false }),
    });
    await running.terminate();
    expect(outcome).toEqual({ outcome: 'held-back', reason: `${training} trains on this data already` });
    expect(calls).toEqual(['ingestDataset', 'claimRetraining', 'withdrawRetraining']);
    expect(ended).toEqual([]);
  });

  it('tells of the pause that a refused one led to', async () => {
    const alert: Alert = {
      ...{ id: 'anemia-detection/paused', kind: 'retraining-paused', at: '2026-11-24T10:00:00.000Z' },
      ...{ model: { name: 'anemia-detection', version: 3 }, message: 'paused', report: null },
    };
    const reported: string[] = [];
    const { outcome } = await retrain({
      judgeCandidate: () => Promise.resolve({ ...passedGate, passed: false }),
      finishRetraining: () => Promise.resolve({ alerts: ['log', 'webhook'].map((sink) => ({ alert, sink })) }),
      sendAlert: (sent) => {
        reported.push(`${sent.sink} ${sent.alert.kind}`);
        return Promise.resolve();
      },
    });
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(reported.sort()).toEqual(['log retraining-paused', 'webhook retraining-paused']);
  });

  it('fails with its training, so that its schedule pauses', async () => {
    const failure = ApplicationFailure.nonRetryable('The table lost a column.', 'DataContract');
    const { outcome, ended } = await retrain({ registerModel: () => Promise.reject(failure) });
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
    const { outcome, calls } = await retrain({
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
    const worker = await workerFor(temporal.nativeConnection, activities);
    const pauseNote = await worker.runUntil(async () => {
      await schedules.ensure({ ...spec, everyMinutes: 1 / 60, jitterSeconds: 0 });
      return until(
        () => schedules.pauseNote(spec.id),
        (note) => note !== null,
      );
    });
    await schedules.remove(spec.id);

    const now = new Date('2026-11-24T10:00:00.000Z');
    const alerts = (failures: RetrainingFailure[]) =>
      retrainingAlerts(definition, { entries: [], pause: null, failures }, { pauseNote, now, version: 3 });
    expect(alerts([])).toMatchObject([{ kind: 'retraining-paused', model: { version: 3 } }]);
    expect(alerts([])[0]!.message).toContain(`npm run schedules -- resume ${spec.id}.`);
    const failed = { run: runs[0]!, at: now.toISOString(), message: 'failed' };
    expect(alerts([failed]).map(({ kind }) => kind)).toEqual(['retraining-failed']);
  });

  it('says how it ended once, also when nobody can be told', async () => {
    const down = ApplicationFailure.nonRetryable('The registry is away.', 'LogTampered');
    const ended: string[] = [];
    const { outcome } = await retrain({
      judgeCandidate: () => Promise.resolve({ ...passedGate, passed: false }),
      finishRetraining: ({ outcome: end }) => {
        ended.push(end);
        return Promise.reject(down);
      },
    });
    expect(outcome).toBeInstanceOf(WorkflowFailedError);
    expect(ended).toEqual(['refused']);
  });

  it('cancelled while it waits for its turn, gives the turn back', async () => {
    let asked = false;
    const { ended } = await retrain(
      {
        claimRetraining: () => {
          asked = true;
          return Context.current().cancelled;
        },
      },
      async (handle) => {
        await until(() => asked, Boolean);
        await handle.cancel();
      },
    );
    expect(ended).toEqual(['cancelled']);
  });

  it('cancelled, cancels its training and says so', async () => {
    let begun = false;
    const { ended } = await retrain(
      {
        prepareFeatures: () => {
          begun = true;
          return Context.current().cancelled;
        },
      },
      async (handle) => {
        await until(() => begun, Boolean);
        await handle.cancel();
      },
    );
    expect(ended).toEqual(['cancelled']);
  }, 120_000);
});
