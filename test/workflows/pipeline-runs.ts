import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { expect } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import type { PipelineStatus } from '../../src/contracts/pipeline.js';
import { STATUS_QUERY, TRAINING_PIPELINE } from '../../src/contracts/names.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { workerFor } from '../support/worker.js';
import { scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';

/** Runs of one pipeline with scripted activities on a server. */
export function pipelineRuns(temporal: () => TestWorkflowEnvironment, definition: () => Definition) {
  const start = () =>
    temporal().client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
      workflowId: `train-${randomUUID()}`,
      taskQueue: PROJECT.taskQueue,
      args: [{ store: PROJECT.store, definition: definition(), reuse: true }],
    });

  /** Runs one pipeline to its end with scripted activities. */
  async function run(script: Partial<Activities> = {}) {
    const { activities, calls } = scriptedActivities(script);
    const worker = await workerFor(temporal(), activities);
    return worker.runUntil(async () => {
      const handle = await start();
      const outcome = await handle.result().catch((error: unknown) => error);
      const status = await handle.query<PipelineStatus>(STATUS_QUERY);
      const { searchAttributes } = await handle.describe(); // eslint-disable-line @typescript-eslint/no-deprecated
      return { outcome, status, calls, searchAttributes, handle };
    });
  }

  return { start, run };
}

/** Type of the failure that ended a run. */
export function failureOf(outcome: unknown): ApplicationFailure {
  expect(outcome).toBeInstanceOf(WorkflowFailedError);
  let cause = (outcome as Error).cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause !== undefined)
    cause = cause.cause;
  return cause as ApplicationFailure;
}
