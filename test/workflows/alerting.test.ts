import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAlertActivities } from '../../src/activities/alert.js';
import { createWebhookSink } from '../../src/alerts/webhook-sink.js';
import type { CheckDecision } from '../../src/contracts/monitoring.js';
import { CHECK_DRIFT } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import type { checkDrift } from '../../src/workflows/check-drift.js';
import { ALERT, startReceiver } from '../unit/alerts/receiver.js';
import { connectTemporal } from '../support/temporal.js';
import { workerFor } from '../support/worker.js';
import { checkEntry, scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';
import { createMemoryObjects } from '../../src/testing/memory-objects.js';
import { createMonitoringLog } from '../../src/registry/stored-monitoring-log.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

const EPISODE = { id: ALERT.id, kind: 'drift', since: '2026-03-01T00:00:00.000Z' } as const;
const DECISION: CheckDecision = { state: 'alarm', episodes: [EPISODE], begun: [EPISODE], retrain: null, why: 'so' };

it('a webhook that fails for a while is told by the same check, once, and both sinks are written down', async () => {
  const { host, received } = await startReceiver([500, 503, 204]);
  const monitoringLog = createMonitoringLog(createMemoryObjects());
  const logged: string[] = [];
  const webhook = createWebhookSink({
    url: `http://${host}/`,
    secret: 'a secret of more than 16',
    now: () => new Date(),
  });
  const log = { name: 'log', send: ({ id }: { id: string }) => Promise.resolve(void logged.push(id)) };
  const alerting = createAlertActivities({
    monitoringLog,
    alerts: [log, webhook],
    schedules: { pauseNote: () => Promise.resolve(null) },
    running: () => ({ signal: new AbortController().signal }),
    now: () => new Date(),
  });
  const definition = await loadDefinition('pipelines/anemia.json');
  const { activities } = scriptedActivities({
    concludeCheck: ({ mode, window, run }) => Promise.resolve(checkEntry({ mode, window, run, decision: DECISION })),
    dueAlerts: () => Promise.resolve(['log', webhook.name].map((sink) => ({ alert: ALERT, sink }))),
    sendAlert: (delivery) => alerting.sendAlert(delivery),
  });
  const worker = await workerFor(temporal, activities);
  const outcome = await worker.runUntil(() =>
    temporal.client.workflow.execute<typeof checkDrift>(CHECK_DRIFT, {
      workflowId: 'drift-told',
      taskQueue: PROJECT.taskQueue,
      args: [{ store: PROJECT.store, definition, mode: 'scheduled', to: null, windowMinutes: null }],
    }),
  );
  expect(outcome.troubles).toEqual([]);
  expect(logged).toEqual([ALERT.id]);
  expect(received.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual([ALERT.id, ALERT.id, ALERT.id]);
  const { functionName, alias } = definition.deployment;
  const delivered = await monitoringLog.delivered({ model: definition.model, functionName, alias });
  expect(delivered.map(({ sink }) => sink).sort()).toEqual(['log', webhook.name]);
});
