import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { reasonOf } from '../contracts/failures.js';
import type { RunOrigin } from '../contracts/identity.js';
import type { RetrainingEntry, RetrainInput, RetrainOutcome } from '../contracts/monitoring.js';
import { markdown } from '../contracts/text.js';
import { attribute } from './kit/details.js';
import { checkInput, cloud, io, on } from './kit/profiles.js';
import { originByParent, saidSchedule } from './steps/identity.js';
import { deliver } from './steps/monitor.js';
import { trainingPipeline } from './training-pipeline.js';

const { ingestDataset } = on(io);
const { claimRetraining, withdrawRetraining, finishRetraining } = on(cloud);

type Ended = NonNullable<RetrainingEntry['outcome']>;

/**
 * Trains again, if no brake holds it: paused, budget of the week spent, cooldown, a retraining that runs, or the same
 * data as before. The newcomer passes the same gate, approval and canary as every model. Refused too often in a row,
 * retraining pauses itself and says so.
 */
export async function retrainModel(input: RetrainInput): Promise<RetrainOutcome> {
  await checkInput('retrainModel', input);
  const { store, definition, cause } = input;
  const { model } = definition;
  const schedule = saidSchedule();
  const { workflowId, runId } = workflowInfo();
  const run = `${workflowId}/${runId}`;
  attribute('Model', model);
  attribute('Stage', 'retrain');
  const tell = (state: string) =>
    setCurrentDetails(`### ${model}\n\nRetraining because of ${cause}: ${markdown(state)}`);
  const heldBack = (reason: string): RetrainOutcome => {
    attribute('Verdict', 'held-back');
    tell(`held back, ${reason}`);
    return { outcome: 'held-back', reason };
  };
  const finish = (outcome: Ended, reason: string) =>
    CancellationScope.nonCancellable(async () => {
      attribute('Verdict', outcome);
      const { alerts } = await finishRetraining({ definition, cause, run, outcome, reason });
      const troubles = await deliver(definition, alerts);
      tell([outcome, ...troubles].join('; '));
    });

  let ended: Extract<RetrainOutcome, { training: string }>;
  try {
    tell('reading the data');
    const { result: dataset } = await ingestDataset({ definition, reuse: true });
    const claim = await claimRetraining({
      definition,
      cause,
      run,
      datasetSha256: dataset.dataset.sha256,
      ...(schedule !== null && { schedule }),
    });
    if (!claim.allowed) return heldBack(claim.reason);
    const { training } = claim;
    const origin: RunOrigin | null =
      schedule !== null && claim.bySchedule ? { kind: 'schedule', id: schedule } : originByParent(input.origin);
    tell(`runs as ${training}`);
    const { outcome, reason } = await executeChild(trainingPipeline, {
      workflowId: training,
      args: [{ store, definition, reuse: true, keepSchedules: true, ...(origin !== null && { origin }) }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `Retrain ${model} because of ${cause}`,
    });
    ended = { outcome, reason, training };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      await CancellationScope.nonCancellable(() => withdrawRetraining({ definition, run }));
      return heldBack(`${error.workflowId} trains on this data already`);
    }
    await finish(isCancellation(error) ? 'cancelled' : 'failed', reasonOf(error));
    throw error;
  }
  await finish(ended.outcome, ended.reason);
  return ended;
}
