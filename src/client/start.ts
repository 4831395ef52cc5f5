import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.js';
import type { Definition } from '../contracts/definition.js';
import { type Project, TRAINING_PIPELINE } from '../contracts/names.js';
import { lineFault } from '../contracts/text.js';
import type { RunOrigin } from '../contracts/identity.js';
import { claim, type ProofSources } from '../identity/prove.js';
import { isListening } from '../local/ports.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';
import type { RunHandle } from './runs.js';

/** Starts a training run, and says who does. Its id is `train-<model>-<time>-<random>`, so that runs sort by time. */
export async function startRun(
  client: Client,
  { taskQueue, store }: Project,
  proofs: ProofSources,
  definition: Definition,
  { cache: reuse, by }: { cache: boolean; by?: string },
): Promise<RunHandle & { firstExecutionRunId: string }> {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-');
  const key = `${time}-${randomBytes(2).toString('hex')}`;
  const fault = lineFault('--by', by ?? '');
  if (fault !== null) throw new Error(fault);
  const workflowId = `train-${definition.model}-${key}`;
  const said = await claim(proofs, { kind: 'start', workflowId, definition }, by);
  const origin: RunOrigin = { kind: 'person', by: { name: said.by, proof: 'claimed' }, claim: said };
  return client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId,
    taskQueue,
    args: [{ store, definition, reuse, origin }],
    staticSummary: `Train ${definition.model}: ${definition.candidates.map(({ name }) => name).join(', ')}`,
  });
}

/** Page of a run in the Web UI; `null` when its address is unknown, or local and nothing answers there. */
export async function uiLink(config: Config, workflowId: string, runId: string): Promise<string | null> {
  const { ui, namespace, ports, externalTemporal } = config;
  if (ui === null || (!externalTemporal && !(await isListening(ports.ui)))) return null;
  return `${ui}/namespaces/${namespace}/workflows/${workflowId}/${runId}`;
}
