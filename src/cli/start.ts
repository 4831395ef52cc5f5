import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { openRegistry, openStore } from '../compose/composition.js';
import type { Config } from '../config/config.js';
import type { Definition } from '../contracts/definition.js';
import { nothingKnown, type PipelineReport, type Project, TRAINING_PIPELINE } from '../contracts/pipeline.js';
import { PipelineFailure } from '../contracts/failures.js';
import { lineFault } from '../contracts/printable.js';
import type { RunOrigin } from '../contracts/identity.js';
import { claim, type ProofSources } from '../identity/prove.js';
import { isListening } from '../local/probe.js';
import { parseModelDocument } from '../model/model-document.js';
import type { trainingPipeline } from '../workflows/training-pipeline.js';
import { plainly } from './errors.js';
import { followRun, type RunHandle } from './follow.js';
import type { ProgressView } from './progress.js';
import { watchOf } from './watch-run.js';

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

/** Follows a run to its end and puts all that is known of it into one report. */
export async function reportRun(
  config: Config,
  client: Client,
  handle: RunHandle,
  runId: string,
  view: ProgressView,
): Promise<PipelineReport> {
  const { end, status } = await followRun(client, handle, watchOf(config, client), view);
  await view.finish();
  const known = status ?? nothingKnown();
  const { dataset, equalRows, leaderboard, chosen, holdout, gate, model, endpoint, warnings, report } = known;
  return {
    workflowId: handle.workflowId,
    runId,
    ...end,
    ...{ dataset, equalRows, leaderboard, chosen, holdout, gate, warnings, model, endpoint, report },
    ui: await uiLink(config, handle.workflowId, runId),
  };
}

/** The report of a run that could not be started. */
export function unstartedReport(error: unknown): PipelineReport {
  const { stages: _, ...nothing } = nothingKnown();
  const failure = {
    type: error instanceof PipelineFailure ? error.type : ('Failure' as const),
    message: plainly(error),
  };
  return { workflowId: '', runId: '', outcome: 'failed', reason: '', unchanged: false, failure, ...nothing, ui: null };
}

/** Page of a run in the Web UI; `null` when its address is unknown, or local and nothing answers there. */
export async function uiLink(config: Config, workflowId: string, runId: string): Promise<string | null> {
  const { ui, namespace, ports, externalTemporal } = config;
  if (ui === null || (!externalTemporal && !(await isListening(ports.ui)))) return null;
  return `${ui}/namespaces/${namespace}/workflows/${workflowId}/${runId}`;
}

/** A curl line that asks the endpoint about an average patient, or `null` when the endpoint is not our own and of this machine. */
export async function curlLine(config: Config, { model, endpoint }: PipelineReport): Promise<string | null> {
  if (model === null || endpoint === null || !new URL(endpoint.url).hostname.startsWith('127.')) return null;
  const registered = await openRegistry(config).version(model.name, model.version);
  const { features } = parseModelDocument(await openStore(config).get(registered.model));
  const event = Object.fromEntries(features.map(({ name, mean }) => [name, Number(mean.toPrecision(4))]));
  return `curl -s -d '${JSON.stringify(event)}' ${endpoint.url}`;
}

/** 0 deployed, 3 refused by the gate, 4 not approved, 5 rolled back, 1 failed, 130 cancelled. */
export const EXIT_CODES: Record<PipelineReport['outcome'], number> = {
  deployed: 0,
  refused: 3,
  rejected: 4,
  'rolled-back': 5,
  failed: 1,
  cancelled: 130,
};
