import { ActivityFailure, CancellationScope } from '@temporalio/workflow';
import type { Definition } from '../../contracts/definition.js';
import { reasonOf } from '../../contracts/failures.js';
import type { PipelineStatus, ReportAddress } from '../../contracts/pipeline.js';
import type { TrainingReport } from '../../contracts/report.js';
import type { Warning } from '../../contracts/warning.js';
import { cloud, on, reporting } from '../kit/profiles.js';

type Warn = (warnings: Warning[]) => void;

/** Has a deployed model watched. The model serves by now: when that cannot be, the run tells it and does not fail. */
export async function monitor(definition: Definition, warn: Warn): Promise<string[]> {
  const schedules = await orWarn('not-monitored', 'The model serves, but is not monitored', warn, () =>
    on(cloud, `watch ${definition.model}`).scheduleMonitoring({ definition }),
  );
  return schedules ?? [];
}

/** Writes the report of a run that has come to its end; `null` when that cannot be, which the run's end is not to depend on. */
export const report = (
  definition: Definition,
  status: PipelineStatus,
  end: Pick<TrainingReport['run'], 'outcome' | 'reason'>,
  warn: Warn,
): Promise<ReportAddress | null> =>
  orWarn('not-reported', 'The report could not be written', warn, () =>
    on(reporting, 'write the report').reportTraining({ definition, status, ...end }),
  );

/** Also done by a run that is being cancelled: what it did is to be watched and told. */
async function orWarn<T>(code: Warning['code'], what: string, warn: Warn, act: () => Promise<T>): Promise<T | null> {
  try {
    return await CancellationScope.nonCancellable(act);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    warn([{ code, message: `${what}: ${reasonOf(error)}` }]);
    return null;
  }
}
