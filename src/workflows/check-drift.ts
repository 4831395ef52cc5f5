import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { reasonOf } from '../contracts/failures.js';
import type { RunOrigin } from '../contracts/identity.js';
import type { CheckDecision, CheckInput, CheckOutcome } from '../contracts/monitoring.js';
import { ownId, retrainSchedule } from '../contracts/names.js';
import { minuteText } from '../contracts/text.js';
import { deliver } from './steps/alerts.js';
import { attribute, describeCheck } from './kit/details.js';
import { askedWindow } from './steps/check-window.js';
import { checkInput, cloud, compute, on, reporting } from './kit/profiles.js';
import { retrainModel } from './retrain-model.js';

const { concludeCheck, dueAlerts } = on(cloud);
const { reportCheck, pushSnapshot } = on(reporting);

/**
 * Compares the predictions of a window with what was known at training, concludes whether that is drift, lost
 * performance or too many refused requests, and writes it down. A scheduled check that confirms an episode of drift or
 * lost performance has the model retrained, and tells those who have not heard of an episode. Checks by hand and of a
 * past range only look.
 */
export async function checkDrift(input: CheckInput): Promise<CheckOutcome> {
  await checkInput('checkDrift', input);
  const { definition } = input;
  const { workflowId, runId } = workflowInfo();
  attribute('Model', definition.model);
  attribute('Stage', 'monitor');

  const { mode, window, asked } = askedWindow(input);
  const summary = `${window.from.slice(0, 16)} to ${window.to.slice(0, 16)}`;
  const comparison = await on(compute, summary).compareWindow({ definition, window });
  const { details } = comparison;
  attribute('ModelVersion', String(comparison.model.version));

  const run = `${workflowId}/${runId}`;
  const entry = await concludeCheck({ definition, mode, asked, window, run, comparison });
  const { state } = entry.decision;
  attribute('Verdict', state === 'quiet' && entry.drift === 'insufficient' ? 'insufficient' : state);
  const outcome: CheckOutcome = { entry, details, report: null, retraining: '', troubles: [] };
  const show = () => setCurrentDetails(describeCheck(outcome));
  show();

  if (mode === 'scheduled' && entry.decision.retrain !== null)
    outcome.retraining = await retrain(input, entry.decision.retrain, episodeOf(entry.decision));
  let toBeShown = false;
  try {
    const { snapshot = false, ...address } = await reportCheck({ definition, entry, details });
    outcome.report = address;
    toBeShown = snapshot;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    outcome.troubles.push(`The report could not be written: ${reasonOf(error)}`);
  }
  show();
  if (mode === 'scheduled') {
    const due = await dueAlerts({ definition, entry, report: outcome.report });
    outcome.troubles.push(...(await deliver(definition, due)));
    show();
  }
  // Last, because nothing waits for it. Known from a result, so that checks of before have no such step in their histories.
  if (toBeShown) {
    try {
      const address = await pushSnapshot({ definition, entry, details });
      if (address !== null) outcome.snapshot = address;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      outcome.troubles.push(`The snapshot could not be pushed: ${reasonOf(error)}`);
    }
    show();
  }
  return outcome;
}

const WHAT = { drift: 'drift', performance: 'lost performance' };

/** The episode for which a check has the model retrained, the latest of its kind. */
function episodeOf({ episodes, retrain }: CheckDecision): RunOrigin | null {
  const episode = episodes.findLast(({ kind }) => kind === retrain);
  if (episode === undefined || retrain === null) return null;
  const { id, since } = episode;
  return { kind: 'episode', id, what: `${WHAT[retrain]} since ${minuteText(since)} UTC` };
}

/** Starts a retraining, one at a time, and does not wait for it. */
async function retrain(
  { store, definition }: CheckInput,
  cause: 'drift' | 'performance',
  origin: RunOrigin | null,
): Promise<string> {
  const workflowId = ownId(retrainSchedule(definition), workflowInfo().taskQueue);
  try {
    await startChild(retrainModel, {
      workflowId,
      args: [{ store, definition, cause, ...(origin !== null && { origin }) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Retrain ${definition.model} because of ${cause}`,
    });
    return `started ${workflowId}`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `${workflowId} runs already`;
  }
}
