import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Alert } from '../../src/contracts/monitoring.js';
import { ownId, RETRAIN } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { schedulesOf, createTemporalSchedules } from '../../src/vendors/temporal/schedules.js';
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

/** What the server sets on runs of a schedule, and takes from anybody. */
const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', SearchAttributeType.KEYWORD);

describe('a retraining', () => {
  it('runs the whole pipeline under a name made of the data, and writes down how it ended', async () => {
    const { outcome, calls, ended } = await retrain(temporal);
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
    const worker = await workerFor(temporal, activities);
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
    const { attributes } = await retrain(temporal, script);
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
    const { outcome, calls, ended } = await retrain(temporal, {
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
    const { outcome, calls, ended } = await retrain(temporal, {
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
    const { outcome } = await retrain(temporal, {
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

  it('cancelled while it waits for its turn, gives the turn back', async () => {
    let asked = false;
    const { ended } = await retrain(
      temporal,
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
      temporal,
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
  });
});
