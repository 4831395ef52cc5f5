import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { RetrainingEntry, RetrainInput, RetrainOutcome } from '../contracts/monitoring.js';
import { alertAll } from './alerting.js';
import { attribute } from './attributes.js';
import { cloud, io } from './profiles.js';
import { trainingPipeline } from './training-pipeline.js';

const { ingestDataset } = proxyActivities<Activities>(io);
const { claimRetraining, finishRetraining } = proxyActivities<Activities>(cloud);

type Ended = NonNullable<RetrainingEntry['outcome']>;

/**
 * Trains again, if no brake holds it: paused, budget of the week spent, cooldown, a retraining that runs, or the same
 * data as before. The newcomer passes the same gate, approval and canary as every model. Refused too often in a row,
 * retraining pauses itself and says so.
 */
export async function retrainModel({ definition, cause }: RetrainInput): Promise<RetrainOutcome> {
  const { model } = definition;
  const run = `${workflowInfo().workflowId}/${workflowInfo().runId}`;
  attribute('Model', model);
  attribute('Stage', 'retrain');
  const tell = (state: string) => setCurrentDetails(`### ${model}\n\nRetraining because of ${cause}: ${state}`);

  tell('reading the data');
  const { result: dataset } = await ingestDataset({ definition, reuse: true });
  const claim = await claimRetraining({ definition, cause, run, datasetSha256: dataset.dataset.sha256 });
  if (!claim.allowed) {
    attribute('Verdict', 'held-back');
    tell(`held back, ${claim.reason}`);
    return { outcome: 'held-back', reason: claim.reason };
  }

  tell(`runs as ${claim.training}`);
  const finish = (outcome: Ended) =>
    CancellationScope.nonCancellable(async () => {
      attribute('Verdict', outcome);
      tell(`${outcome}, see ${claim.training}`);
      const { alert } = await finishRetraining({ definition, run, outcome });
      if (alert !== null) await alertAll(alert);
    });
  try {
    const { outcome, reason } = await executeChild(trainingPipeline, {
      workflowId: claim.training,
      args: [{ definition, reuse: true }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `Retrain ${model} because of ${cause}`,
    });
    await finish(outcome);
    return { outcome, reason, training: claim.training };
  } catch (error) {
    await finish(isCancellation(error) ? 'cancelled' : 'failed');
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      throw ApplicationFailure.nonRetryable(
        `${claim.training} trains ${model} on this data already; wait for it, then retrain again.`,
        'RetrainingBusy',
      );
    throw error;
  }
}
