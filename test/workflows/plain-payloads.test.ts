import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { openDataConverter } from '../../src/vendors/temporal/codec/data-converter.js';
import { readConfig } from '../../src/config/config.js';
import { APPROVE_UPDATE, QUESTION_QUERY } from '../../src/contracts/decision.js';
import { TRAINING_PIPELINE } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { createWorkers } from '../../src/worker/create-workers.js';
import { writeWorkflowBundle } from '../../src/worker/workflow-code.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { PROJECT } from '../support/project.js';
import { makeDirectory } from '../support/temp.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { decide, refusalOf, waiting } from './deployment-runs.js';
import { failureOf } from './pipeline-runs.js';
import { scriptedActivities } from './scripted.js';

const requiring = {
  ...process.env,
  MLOPS_CODEC_KEYS: `ours:${randomBytes(32).toString('base64')}`,
  MLOPS_CODEC_REQUIRED: 'true',
};
const config = { ...readConfig(requiring), taskQueue: PROJECT.taskQueue, computeSlots: 100 };
const REFUSED = /is plain, and MLOPS_CODEC_REQUIRED lets only encrypted ones in: give the sender MLOPS_CODEC_KEYS/;

let temporal: TestWorkflowEnvironment;
let codePath: string;
beforeAll(async () => {
  temporal = await connectTemporal();
  codePath = await writeWorkflowBundle(true, join(await makeDirectory(), 'workflows.js'));
});
afterAll(async () => {
  await temporal.teardown();
  await rm(dirname(codePath), { recursive: true, force: true });
});

/** Somebody who reaches Temporal without a key. */
const stranger = () => temporal.client;

/** Runs as whoever has the key; workers do so all the while. */
async function withKeys<T>(
  script: Partial<Activities>,
  act: (client: Client, calls: string[]) => Promise<T>,
): Promise<T> {
  const { activities, calls } = scriptedActivities(script);
  const { namespace } = temporal.client.options;
  const client = new Client({
    connection: temporal.connection,
    namespace,
    dataConverter: await openDataConverter(config.codec),
  });
  const workers = await createWorkers({ ...config, namespace }, temporal.nativeConnection, activities, {
    workflows: { workflowBundle: { codePath } },
    project: PROJECT,
  });
  return workers.runUntil(() => act(client, calls));
}

async function startRun(client: Client, settings: string[] = []) {
  const definition = await loadDefinition('pipelines/anemia.json', settings);
  return client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId: `train-${randomUUID()}`,
    taskQueue: PROJECT.taskQueue,
    args: [{ store: PROJECT.store, definition, reuse: true }],
  });
}

const failedTasks = async (client: Client, workflowId: string) =>
  (await client.workflow.getHandle(workflowId).fetchHistory()).events!.filter(
    ({ workflowTaskFailedEventAttributes: failed }) => Boolean(failed),
  );

it('refuses plain updates, queries and signals; the run waits on and takes an encrypted decision', async () => {
  await withKeys({}, async (client) => {
    const run = await startRun(client, ['approval.mode=manual']);
    await waiting(run);
    const foreign = stranger().workflow.getHandle(run.workflowId);
    expect(await refusalOf(decide(foreign, APPROVE_UPDATE))).toMatch(REFUSED);
    await expect(foreign.query(QUESTION_QUERY, 'loot')).rejects.toThrow(REFUSED);
    await foreign.signal('anything', { loot: true });

    expect(await run.query(QUESTION_QUERY)).toMatchObject({ model: { version: 3 } });
    expect(await decide(run, APPROVE_UPDATE)).toMatchObject({ decision: 'approved' });
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
    expect(await failedTasks(client, run.workflowId)).toEqual([]);
  });
});

it('ends a run that was started with plain input by name, before any activity, and tells so without a key', async () => {
  await withKeys({}, async (client, calls) => {
    const run = await startRun(stranger());
    const end: unknown = await run.result().catch((error: unknown) => error);
    expect(failureOf(end)).toMatchObject({ type: 'PayloadPlain', nonRetryable: true });
    expect(failureOf(end).message).toMatch(/^The input of this run is plain/);
    expect(calls).toEqual([]);
    expect(await failedTasks(client, run.workflowId)).toEqual([]);
  });
});

it('ends a run into which somebody without a key put the result of an activity', async () => {
  let release = (): void => undefined;
  const held = new Promise<never>((_, reject) => (release = () => reject(new Error('too late'))));
  await withKeys({ ingestDataset: () => held }, async (client) => {
    const run = await startRun(client);
    const { pendingActivities } = await until(
      async () => (await run.describe()).raw,
      ({ pendingActivities }) => Boolean(pendingActivities?.length),
    );
    const { activityId } = pendingActivities![0]!;
    await stranger().activity.complete({ workflowId: run.workflowId, activityId: activityId! }, { loot: true });
    const end: unknown = await run.result().catch((error: unknown) => error);
    expect(failureOf(end).type).toBe('PayloadPlain');
    expect(failureOf(end).message).toMatch(/^The result of the activity ingestDataset is plain/);
    release();
  });
});
