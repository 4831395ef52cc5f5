import { randomBytes } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Definition } from '../contracts/definition.js';
import type { CheckInput, CheckOutcome, ComparisonDetails } from '../contracts/monitoring.js';
import { CHECK_DRIFT, driftSchedule, type Project } from '../contracts/names.js';
import type { ArtifactStore } from '../store/artifacts.js';
import type { checkDrift } from '../workflows/check-drift.js';
import { failedEnd } from './follow.js';
import { resultOf, type Watch } from './patience.js';

/** What a check looks at, and whether anything comes of it. */
export interface CheckSpec {
  /** Length of the window; `null` for that of the definition. */
  windowMinutes: number | null;
  /** End of the window; `null` for now. */
  to: Date | null;
  /** Alerts and retrains as a scheduled check would; else it only looks. */
  act: boolean;
}

/** Runs one check now and waits for it. */
export async function runCheck(
  client: Client,
  project: Project,
  artifacts: ArtifactStore,
  definition: Definition,
  { windowMinutes, to, act }: CheckSpec,
  watch: Watch,
): Promise<{ outcome: CheckOutcome; details: ComparisonDetails }> {
  const { taskQueue, store } = project;
  const input: CheckInput = {
    store,
    definition,
    mode: act ? 'scheduled' : 'by-hand',
    to: to?.toISOString() ?? null,
    windowMinutes,
  };
  const handle = await client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
    workflowId: `${driftSchedule(definition)}-by-hand-${randomBytes(3).toString('hex')}`,
    taskQueue,
    args: [input],
    staticSummary: `Check ${definition.model} for drift, by hand`,
  });
  try {
    const outcome = await resultOf(handle, watch);
    const bytes = await artifacts.get(outcome.details);
    return { outcome, details: JSON.parse(new TextDecoder().decode(bytes)) as ComparisonDetails };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Error(failedEnd(error).failure?.message ?? `${handle.workflowId} was cancelled.`, { cause: error });
  }
}
