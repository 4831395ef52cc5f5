import type { Client } from '@temporalio/client';
import { nothingKnown, type PipelineOutcome, type PipelineReport, type PipelineStatus } from '../contracts/pipeline.js';
import { STATUS_QUERY } from '../contracts/names.js';
import type { Config } from '../config/config.js';
import { lastingResult, resultOf, sooner, type Watch } from './patience.js';
import { askRun, type End, failedEnd, findRun, type RunHandle, uiLink } from './runs.js';
import { watchOf } from './run-status.js';

/** How often the run is asked how far it is. */
const POLL_EVERY_MS = 250;

/** How often it is asked what keeps it from going on. */
const LOOK_EVERY_MS = 1500;

/** Shows a run stage by stage. `finish` must be called once no more statuses come. */
export interface RunView {
  update: (status: PipelineStatus) => void;
  /** What keeps the run from going on, `''` for nothing: steps that are tried again, a decision that is waited for. */
  notice: (sentence: string) => void;
  finish: () => Promise<void>;
}

/** Follows a run to its end and puts all that is known of it into one report. */
export async function reportRun(
  config: Config,
  client: Client,
  handle: RunHandle,
  runId: string,
  view: RunView,
): Promise<PipelineReport> {
  const { end, status } = await followRun(client, handle, watchOf(config, client), view);
  await view.finish();
  const known = status ?? nothingKnown();
  const { dataset, equalRows, leaderboard, chosen, holdout, gate, model, endpoint, warnings, report } = known;
  return {
    workflowId: handle.workflowId,
    runId,
    ...end,
    dataset,
    equalRows,
    leaderboard,
    chosen,
    holdout,
    gate,
    warnings,
    model,
    endpoint,
    report,
    ui: await uiLink(config, handle.workflowId, runId),
  };
}

/**
 * Watches a run to its end and tells each status it sees, the last one included; besides, now and then, what keeps it
 * from going on, `''` for nothing. Never throws for the run's own end.
 */
async function followRun(
  client: Client,
  handle: RunHandle,
  watch: Watch,
  view: Omit<RunView, 'finish'>,
): Promise<{ end: End; status: PipelineStatus | null }> {
  const ended = lastingResult(handle).then(
    ({ result }) => ({ end: endOf(result), outcome: result }),
    (error: unknown) => ({ end: failedEnd(error), outcome: null }),
  );
  let status: PipelineStatus | null = null;
  for (let lookedAt = performance.now(); ;) {
    const over = await sooner(ended, POLL_EVERY_MS);
    const asked = over?.outcome ?? (await Promise.race([ended.then(() => null), askStatus(client, handle)]));
    status = asked ?? status;
    if (status !== null) view.update(status);
    if (over !== null) return { end: over.end, status };
    if (performance.now() - lookedAt < LOOK_EVERY_MS) continue;
    view.notice(await Promise.race([ended.then(() => ''), watch(handle.workflowId)]));
    lookedAt = performance.now();
  }
}

/** `null` while no worker can answer, and for a workflow without stages. */
export async function askStatus(client: Client, handle: RunHandle): Promise<PipelineStatus | null> {
  const asked = await askRun<PipelineStatus>(client, handle, STATUS_QUERY);
  return asked.answered ? asked.value : null;
}

const endOf = ({ outcome, reason, unchanged }: PipelineOutcome): End => ({ outcome, reason, unchanged, failure: null });

/** What came of a request to end a run. */
export interface Cancelled {
  workflowId: string;
  /** As the server names it, like `cancelled`. */
  state: string;
  /** `over`: the run had ended before; `asked`: it ends when a worker is back; `ended`: it has now. */
  outcome: 'over' | 'asked' | 'ended';
}

/**
 * Has a run end, the latest one without an id, and waits for that. Where no worker answers, the server has taken the
 * request all the same.
 */
export async function cancelRun(config: Config, client: Client, workflowId: string | undefined): Promise<Cancelled> {
  const run = await findRun(client, config.taskQueue, workflowId);
  const state = async () => (await run.describe()).status.name.toLowerCase();
  const { workflowId: id } = run;
  const before = await state();
  if (before !== 'running') return { workflowId: id, state: before, outcome: 'over' };
  await run.cancel();
  if (!(await askRun(client, run, STATUS_QUERY)).answered && (await state()) === 'running')
    return { workflowId: id, state: 'running', outcome: 'asked' };
  await resultOf(run, watchOf(config, client, true)).catch(() => undefined); // how it ended is told by its state
  return { workflowId: id, state: await state(), outcome: 'ended' };
}
