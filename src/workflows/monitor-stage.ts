import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities, Step } from '../activities/index.js';
import type { Definition } from '../contracts/definition.js';
import type { PipelineOutcome, ReportAddress } from '../contracts/pipeline.js';
import type { Warning } from '../contracts/results.js';
import { cloud } from './profiles.js';

const { scheduleMonitoring, reportTraining } = proxyActivities<Activities>(cloud);

/** Has a deployed model watched. The model serves by now: when that cannot be, the run tells it and does not fail. */
export async function monitor(definition: Definition, warn: (warnings: Warning[]) => void): Promise<Step<string[]>> {
  const result = await orWarn('not-monitored', 'The model serves, but is not monitored', warn, () =>
    scheduleMonitoring.executeWithOptions({ ...cloud, summary: `watch ${definition.model}` }, [{ definition }]),
  );
  return { reused: false, result: result ?? [] };
}

/** Writes the report of a run that has come to its end; `null` when that cannot be, which the run's end is not to depend on. */
export const report = (
  definition: Definition,
  outcome: PipelineOutcome,
  warn: (warnings: Warning[]) => void,
): Promise<ReportAddress | null> =>
  orWarn('not-reported', 'The report could not be written', warn, () =>
    reportTraining.executeWithOptions({ ...cloud, summary: 'write the report' }, [{ definition, outcome }]),
  );

async function orWarn<T>(
  code: Warning['code'],
  what: string,
  warn: (warnings: Warning[]) => void,
  act: () => Promise<T>,
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    warn([{ code, message: `${what}: ${error.cause?.message ?? error.message}` }]);
    return null;
  }
}
