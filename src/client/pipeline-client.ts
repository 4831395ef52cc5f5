import { askFunction } from './predict.js';
import { connect, connectToStack, ofStack } from './connect.js';
import { decide, type DecideOptions } from './decide.js';
import { askStatus } from './follow.js';
import { runCheck } from './drift-checks.js';
import { findRun, startRun } from './runs.js';
import { openStore } from '../compose/composition.js';
import { openDeployer } from '../compose/open-deployer.js';
import { openProject } from '../compose/project.js';
import type { Config } from '../config/config.js';
import type { Decided } from '../contracts/decision.js';
import type { Definition } from '../contracts/definition.js';
import type { CheckOutcome } from '../contracts/monitoring.js';
import type { PipelineOutcome, PipelineStatus } from '../contracts/pipeline.js';
import { openProofs } from '../compose/open-identities.js';
import { loadLearners } from '../compose/load-learners.js';
import { asTheStack } from '../local/addresses.js';

/** What a program asks of training runs; `workflowId` left out means the latest run. */
export interface PipelineClient {
  /** Starts a run. @param reuse takes results of earlier runs with the same inputs, true by default */
  startTraining(definition: Definition, reuse?: boolean): Promise<{ workflowId: string }>;
  /** How far it is; `null` while no worker answers. */
  status(workflowId?: string): Promise<PipelineStatus | null>;
  /** Waits for its end. @throws WorkflowFailedError when it failed or was cancelled */
  result(workflowId?: string): Promise<PipelineOutcome>;
  /** Lets the model that waits serve. @throws Error when nothing waits or another model does than `model` says */
  approve(workflowId: string | undefined, decision: DecideOptions): Promise<Decided>;
  reject(workflowId: string | undefined, decision: DecideOptions): Promise<Decided>;
  /** Asks a run to end; what serves keeps serving. */
  cancel(workflowId?: string): Promise<void>;
  /** Answer of the deployed function to one event or a batch. @throws Error when it is not deployed, or does not answer in its time */
  predict(definition: Definition, event: unknown): Promise<unknown>;
  /**
   * Compares what was predicted until now with training, and waits for what comes of it.
   * @param options `act` does what a scheduled check would: alerts, retraining; by default a check only looks
   */
  checkDrift(definition: Definition, options?: { act?: boolean }): Promise<CheckOutcome>;
  close(): Promise<void>;
}

/** A program of others is told what came of it, and nothing while it waits. */
const inSilence = () => Promise.resolve('');

/**
 * Loads the learners of the configuration and connects to Temporal.
 * @param given of `readConfig`; a local stack that runs in its home is found by the addresses that it uses
 * @param say hears what the local stack does; with it, the stack is started unless `TEMPORAL_ADDRESS` is set
 * @throws Error with the address and the remedy when no server answers, or `given` has other addresses than the stack
 */
export async function openPipelineClient(given: Config, say?: (line: string) => void): Promise<PipelineClient> {
  await loadLearners(given.learners);
  const config = await (say === undefined ? asTheStack(given) : ofStack(given, false, say));
  const client = await (say === undefined ? connect(config, { startsRuns: true }) : connectToStack(config, say));
  const deployer = openDeployer(config);
  const proofs = openProofs(config);
  const project = await openProject(config);
  const { taskQueue } = project;
  return {
    async startTraining(definition, reuse = true) {
      const { workflowId } = await startRun(client, project, proofs, definition, { cache: reuse });
      return { workflowId };
    },
    status: async (workflowId) => askStatus(client, await findRun(client, taskQueue, workflowId)),
    result: async (workflowId) => (await findRun(client, taskQueue, workflowId)).result(),
    approve: (workflowId, decision) => decide(client, taskQueue, proofs, 'approve', workflowId, decision),
    reject: (workflowId, decision) => decide(client, taskQueue, proofs, 'reject', workflowId, decision),
    async cancel(workflowId) {
      await (await findRun(client, taskQueue, workflowId)).cancel();
    },
    predict: async ({ deployment }, event) => (await askFunction({ config, deployer, deployment }, event)).payload,
    async checkDrift(definition, { act = false } = {}) {
      const spec = { windowMinutes: null, to: null, act };
      return (await runCheck(client, project, openStore(config), definition, spec, inSilence)).outcome;
    },
    close: () => client.connection.close(),
  };
}
