import { ActivityFailure, CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { Activities, Step } from '../../activities/index.js';
import type { Definition } from '../../contracts/definition.js';
import type { PipelineStatus, ReportAddress } from '../../contracts/pipeline.js';
import type { TrainingReport } from '../../contracts/report.js';
import type { Warning } from '../../contracts/results.js';
import { causeOf } from '../kit/causes.js';
import { cloud, reporting } from '../kit/profiles.js';

const { scheduleMonitoring } = proxyActivities<Activities>(cloud);
const { reportTraining } = proxyActivities<Activities>(reporting);

type Warn = (warnings: Warning[]) => void;

/** Has a deployed model watched. The model serves by now: when that cannot be, the run tells it and does not fail. */
export async function monitor(definition: Definition, warn: Warn): Promise<Step<string[]>> {
  const result = await orWarn('not-monitored', 'The model serves, but is not monitored', warn, () =>
    scheduleMonitoring.executeWithOptions({ ...cloud, summary: `watch ${definition.model}` }, [{ definition }]),
  );
  return { reused: false, result: result ?? [] };
}

/** Writes the report of a run that has come to its end; `null` when that cannot be, which the run's end is not to depend on. */
export const report = (
  definition: Definition,
  status: PipelineStatus,
  end: Pick<TrainingReport['run'], 'outcome' | 'reason'>,
  warn: Warn,
): Promise<ReportAddress | null> =>
  orWarn('not-reported', 'The report could not be written', warn, () =>
    reportTraining.executeWithOptions({ ...reporting, summary: 'write the report' }, [{ definition, status, ...end }]),
  );

/** Also done by a run that is being cancelled: what it did is to be watched and told. */
async function orWarn<T>(code: Warning['code'], what: string, warn: Warn, act: () => Promise<T>): Promise<T | null> {
  try {
    return await CancellationScope.nonCancellable(act);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    warn([{ code, message: `${what}: ${causeOf(error)}` }]);
    return null;
  }
}
