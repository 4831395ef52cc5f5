import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { programCommand } from '../contracts/commands.js';
import type { Decided, Judgement } from '../contracts/decision.js';
import { type Project, ROLLBACK } from '../contracts/names.js';
import type { RollbackInput, RollbackOutcome } from '../contracts/pipeline.js';
import { lineFault, markdown } from '../contracts/text.js';
import { claim, type ProofSources } from '../registry/prove.js';
import type { rollbackModel } from '../workflows/rollback-model.js';
import { isAway, resultOf, type Watch } from './patience.js';
import { findRun, runError } from './runs.js';
import { findWaiting } from './run-status.js';

/** Who decides, why, and on which model. */
export interface DecideOptions {
  /** A name with a key on this machine signs, another one is only claimed; left out, who can be proved. */
  by?: string;
  because: string;
  /** Hash of the model that was looked at; left out, the one that waits now. */
  model?: string;
}

/** A worker that has just answered takes a decision within this time, its proof looked at. */
const DECISION_TIMEOUT_MS = 30_000;

/**
 * Tells a waiting run, or the deployment that it started, what a person decided.
 * @throws Error in the words of the run when it does not take the decision
 */
export async function decide(
  client: Client,
  taskQueue: string,
  proofs: ProofSources,
  verb: 'approve' | 'reject',
  workflowId: string | undefined,
  { by, because, model }: DecideOptions,
): Promise<Decided> {
  const fault = lineFault('--by', by ?? '') ?? lineFault('--because', because);
  if (fault !== null) throw new Error(fault);
  const { workflowId: run } = await findRun(client, taskQueue, workflowId);
  const { status } = await client.workflow.getHandle(run).describe();
  if (status.name !== 'RUNNING')
    throw new Error(
      `${run} is ${status.name.toLowerCase()} already, so it takes no decision; ${programCommand('history')} shows what was decided.`,
    );
  const { waiting, answered } = await findWaiting(client, run);
  if (!answered)
    throw new Error(
      `No worker answers on task queue ${taskQueue}, so nobody can take the decision and none was sent; start one with ${programCommand('stack')} or ${programCommand('worker')}, then decide again.`,
    );
  const id = waiting?.workflowId ?? run;
  const judgement = async (): Promise<Judgement> => {
    // Nothing to sign: the run says why it takes no decision.
    if (waiting === null) return { by: by ?? proofs.osUser, at: '', evidence: null, because, model: model ?? '' };
    const { question, runId } = waiting;
    const { number, model: asked } = question;
    const statement = {
      kind: 'decision',
      verb,
      workflowId: id,
      runId,
      question: number,
      model: asked,
      because,
    } as const;
    return { ...(await claim(proofs, statement, by)), because, model: model ?? question.model.sha256 };
  };
  try {
    const args: [Judgement] = [await judgement()];
    const update = () => client.workflow.getHandle(id).executeUpdate<Decided, [Judgement]>(verb, { args });
    return await client.withDeadline(Date.now() + DECISION_TIMEOUT_MS, update);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new Error(error.cause?.message ?? error.message, { cause: error });
    if (error instanceof WorkflowNotFoundError)
      throw new Error(`${id} is over, so it takes no decision.`, { cause: error });
    if (isAway(error) || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new Error(
        `No worker took the decision on ${id} within ${DECISION_TIMEOUT_MS / 1000} s; it may yet be taken, so look at ${programCommand('status')} before you decide again.`,
        { cause: error },
      );
    throw error;
  }
}

/** What is to serve again, and why. */
export interface RollbackOptions {
  model: string;
  /** Version to go back to; left out, the one before the present one. */
  to?: number;
  /** Function it serves behind; left out, the one that is named after the model. */
  functionName?: string;
  alias: string;
  by?: string;
  because: string;
}

/** Goes back and waits until that is done, or the former version failed its own deployment: then the present one still serves. */
export async function rollBack(
  client: Client,
  { taskQueue, store }: Project,
  proofs: ProofSources,
  options: RollbackOptions,
  watch: Watch,
): Promise<RollbackOutcome> {
  const { model, to = null, functionName = model, alias, because } = options;
  const fault = lineFault('--because', because) ?? lineFault('--by', options.by ?? '');
  if (fault !== null) throw new Error(fault);
  const workflowId = `rollback-${model}-${randomBytes(3).toString('hex')}`;
  const wanted = { model, to, functionName, alias, because };
  const said = await claim(proofs, { kind: 'rollback', workflowId, ...wanted }, options.by);
  const input: RollbackInput = { store, ...wanted, ...said };
  const handle = await client.workflow.start<typeof rollbackModel>(ROLLBACK, {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: `Roll ${model} back: ${markdown(because)}`,
  });
  try {
    return await resultOf(handle, watch);
  } catch (error) {
    throw runError(error, workflowId);
  }
}
