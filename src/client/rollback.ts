import { randomBytes } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { programCommand } from '../contracts/commands.js';
import { markdown, lineFault } from '../contracts/text.js';
import type { RollbackInput } from '../contracts/pipeline.js';
import { type Project, ROLLBACK } from '../contracts/names.js';
import { claim, type ProofSources } from '../identity/prove.js';
import type { rollbackModel } from '../workflows/rollback-model.js';
import { failedEnd } from './follow.js';
import { resultOf, type Watch } from './patience.js';

export interface RollbackOptions {
  model: string;
  to?: string;
  function?: string;
  alias: string;
  by?: string;
  because: string;
}

/** Goes back and waits until that is done. Exit code 0 when it is, 5 when the former version failed its own deployment. */
export async function rollBack(
  client: Client,
  { taskQueue, store }: Project,
  proofs: ProofSources,
  options: RollbackOptions,
  watch: Watch,
): Promise<{ text: string; code: number }> {
  const { model, alias, because } = options;
  const to = options.to === undefined ? null : Number(options.to);
  if (to !== null && !(Number.isInteger(to) && to > 0))
    throw new Error(`--to is not a version: give a number of ${programCommand('models')}, like 3.`);
  const fault = lineFault('--because', because) ?? lineFault('--by', options.by ?? '');
  if (fault !== null) throw new Error(fault);
  const workflowId = `rollback-${model}-${randomBytes(3).toString('hex')}`;
  const wanted = { model, to, functionName: options.function ?? model, alias, because };
  const said = await claim(proofs, { kind: 'rollback', workflowId, ...wanted }, options.by);
  const input: RollbackInput = { store, ...wanted, ...said };
  const handle = await client.workflow.start<typeof rollbackModel>(ROLLBACK, {
    workflowId,
    taskQueue,
    args: [input],
    staticSummary: `Roll ${model} back: ${markdown(because)}`,
  });
  try {
    const result = await resultOf(handle, watch);
    const { functionName } = input;
    return result.outcome === 'deployed'
      ? {
          text: `Version ${result.to} of ${model} serves behind ${functionName}:${alias} again, in place of ${result.from}.`,
          code: 0,
        }
      : { text: `Version ${result.from} of ${model} still serves: ${result.reason}`, code: 5 };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Error(failedEnd(error).failure?.message ?? `${handle.workflowId} was cancelled.`, { cause: error });
  }
}
