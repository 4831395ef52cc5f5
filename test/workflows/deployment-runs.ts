import { randomUUID } from 'node:crypto';
import { type WorkflowHandleWithFirstExecutionRunId, WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../src/activities/index.js';
import { type Decided, type Judgement, QUESTION_QUERY } from '../../src/contracts/decision.js';
import { TRAINING_PIPELINE } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { until } from '../support/until.js';
import { workerFor } from '../support/worker.js';
import { scriptedActivities } from './scripted.js';
import { PROJECT } from '../support/project.js';
import { type RunOrigin, shownBy } from '../../src/contracts/identity.js';
import { claimed } from '../support/people.js';

export const CANARY = ['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.002'];
export const DIGEST = 'a'.repeat(64);

export type Handle = WorkflowHandleWithFirstExecutionRunId<typeof trainingPipeline>;

/** Runs of pipelines with scripted activities on a server. */
export function deploymentRuns(temporal: () => TestWorkflowEnvironment) {
  async function startRun(settings: string[], origin?: RunOrigin) {
    const definition = await loadDefinition('pipelines/anemia.json', settings);
    return temporal().client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
      workflowId: `train-${randomUUID()}`,
      taskQueue: PROJECT.taskQueue,
      args: [{ store: PROJECT.store, definition, reuse: true, ...(origin ? { origin } : {}) }],
    });
  }

  /** Runs pipelines over scripted activities. `routes` are the aliases' states, `decided` what was written down. */
  async function withWorker<T>(script: Partial<Activities>, act: (calls: string[]) => Promise<T>) {
    const routes: string[] = [];
    const decided: string[] = [];
    const rollbacks: string[] = [];
    const { activities, calls } = scriptedActivities({
      shiftTraffic: ({ input, routing }) => {
        const canary = routing?.canary;
        routes.push(
          `${routing?.functionVersion ?? 'none'}${canary ? ` +${canary.percent}% ${canary.functionVersion}` : ''}`,
        );
        return Promise.resolve({ url: 'http://127.0.0.1/live/', alias: input.policy.alias });
      },
      recordDecision: ({ decision, by, proof, because }) => {
        decided.push(`${decision} by ${shownBy(by, proof)}: ${because}`);
        return Promise.resolve({ decision, by, proof, because });
      },
      recordRollback: ({ reason }) => {
        rollbacks.push(reason);
        return Promise.resolve();
      },
      ...script,
    });
    const worker = await workerFor(temporal(), activities);
    const result = await worker.runUntil(() => act(calls));
    return { result, routes, decided, rollbacks, calls };
  }

  const deployAll = (settings: string[], script: Partial<Activities> = {}) =>
    withWorker(script, async () => (await startRun(settings)).result());

  return { startRun, withWorker, deployAll };
}

export const decide = (
  handle: { executeUpdate: Handle['executeUpdate'] },
  verb: string,
  judgement: Partial<Judgement> = {},
) =>
  handle.executeUpdate<Decided, [Judgement]>(verb, {
    args: [{ ...claimed('Ada'), because: 'looks right', model: DIGEST, ...judgement }],
  });

export const refusalOf = (update: Promise<unknown>): Promise<string> =>
  update.then(
    () => 'taken',
    (error: unknown) =>
      error instanceof WorkflowUpdateFailedError ? (error.cause?.message ?? error.message) : String(error),
  );

export const waiting = (handle: Handle) =>
  until(
    () => handle.query(QUESTION_QUERY),
    (question) => question !== null,
  );
