import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, setCurrentDetails, startChild, workflowInfo } from '@temporalio/workflow';
import type { RunOrigin } from '../contracts/identity.js';
import type { CheckInput, CheckOutcome, Episode } from '../contracts/monitoring.js';
import { ownId, retrainSchedule } from '../contracts/names.js';
import { minuteText } from '../contracts/text.js';
import { attribute, describeCheck } from './kit/details.js';
import { orTell, checkInput, cloud, compute, on, reporting } from './kit/profiles.js';
import { retrainModel } from './retrain-model.js';
import { askedWindow, deliver } from './steps/monitor.js';

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
  const tell = (trouble: string) => void outcome.troubles.push(trouble);
  show();

  if (mode === 'scheduled' && entry.decision.retrain !== null)
    outcome.retraining = await retrain(input, entry.decision.retrain, entry.decision.episodes);
  const report = await orTell('The report could not be written', tell, () =>
    reportCheck({ definition, entry, details }),
  );
  if (report !== null) outcome.report = { html: report.html, json: report.json };
  show();
  if (mode === 'scheduled') {
    const due = await dueAlerts({ definition, entry, report: outcome.report });
    outcome.troubles.push(...(await deliver(definition, due)));
    show();
  }
  // Last, because nothing waits for it.
  if (report?.snapshot) {
    const snapshot = await orTell('The snapshot could not be pushed', tell, () =>
      pushSnapshot({ definition, entry, details }),
    );
    if (snapshot !== null) outcome.snapshot = snapshot;
    show();
  }
  return outcome;
}

const WHAT = { drift: 'drift', performance: 'lost performance' };

/**
 * Starts a retraining because of the latest episode of a kind, one at a time, and does not wait for it.
 * @returns what came of it, for people
 */
async function retrain(
  { store, definition }: CheckInput,
  cause: 'drift' | 'performance',
  episodes: readonly Episode[],
): Promise<string> {
  const workflowId = ownId(retrainSchedule(definition), workflowInfo().taskQueue);
  const episode = episodes.findLast(({ kind }) => kind === cause);
  const origin: RunOrigin | undefined = episode && {
    kind: 'episode',
    id: episode.id,
    what: `${WHAT[cause]} since ${minuteText(episode.since)} UTC`,
  };
  try {
    await startChild(retrainModel, {
      workflowId,
      args: [{ store, definition, cause, ...(origin && { origin }) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Retrain ${definition.model} because of ${cause}`,
    });
    return `started ${workflowId}`;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `${workflowId} runs already`;
  }
}
