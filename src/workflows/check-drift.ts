import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, proxyActivities, setCurrentDetails, startChild, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { CheckEntry, CheckInput, CheckOutcome, Episode } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/pipeline.js';
import { alertAll } from './alerting.js';
import { attribute } from './attributes.js';
import { askedWindow } from './check-window.js';
import { describeCheck } from './details.js';
import { cloud, compute } from './profiles.js';
import { retrainModel } from './retrain-model.js';

const { compareWindow } = proxyActivities<Activities>(compute);
const { concludeCheck, reportCheck, recordCheck } = proxyActivities<Activities>(cloud);

/**
 * Compares the predictions of a window with what was known at training, concludes whether that is drift or lost
 * performance, writes it down, and, when a scheduled check begins an episode, alerts and has the model retrained.
 * Checks by hand and of a past range only look.
 */
export async function checkDrift(input: CheckInput): Promise<CheckOutcome> {
  const { definition } = input;
  const { model } = definition;
  const { workflowId, runId } = workflowInfo();
  attribute('Model', model);
  attribute('Stage', 'monitor');

  const { mode, window } = askedWindow(input);
  const summary = `${window.from.slice(0, 16)} to ${window.to.slice(0, 16)}`;
  const comparison = await compareWindow.executeWithOptions({ ...compute, summary }, [{ definition, window }]);
  attribute('ModelVersion', String(comparison.model.version));

  const run = `${workflowId}/${runId}`;
  const concluded = await concludeCheck({ definition, mode, window, run, comparison });
  const report = await reportCheck({ definition, entry: concluded, details: comparison.details });
  const entry: CheckEntry = { ...concluded, report };
  await recordCheck(entry);
  attribute('Verdict', entry.drift === 'insufficient' ? 'insufficient' : entry.decision.state);
  const outcome: CheckOutcome = { entry, details: comparison.details, retraining: '', undelivered: [] };
  const show = () => setCurrentDetails(describeCheck(outcome));
  show();
  if (mode !== 'scheduled') return outcome;

  outcome.undelivered = (
    await Promise.all(entry.decision.begun.map((episode) => alertAll(alertOf(entry, episode))))
  ).flat();
  if (entry.decision.retrain !== null) outcome.retraining = await retrain(input, entry.decision.retrain);
  show();
  return outcome;
}

const alertOf = ({ model, at, decision, report }: CheckEntry, { id, kind }: Episode) => ({
  ...{ id: `${model.name}/${id}`, kind, at },
  model: { name: model.name, version: model.version },
  message: decision.why,
  report: report?.html ?? null,
});

/** Starts a retraining, one at a time, and does not wait for it. */
async function retrain({ definition }: CheckInput, cause: 'drift' | 'performance'): Promise<string> {
  const workflowId = retrainSchedule(definition);
  try {
    await startChild(retrainModel, {
      workflowId,
      args: [{ definition, cause }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Retrain ${definition.model} because of ${cause}`,
    });
    return `started ${workflowId}`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `${workflowId} runs already`;
  }
}
