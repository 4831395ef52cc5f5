import { log } from '@temporalio/activity';
import type { Activities } from '../activities/index.js';
import { FINDINGS, type FindingsContext } from './findings.js';
import { STAGE_OF } from './stages.js';

type ActivityName = keyof Activities;
type Run = (input: unknown) => Promise<unknown>;

/** Kinds of reports whose failure is counted. */
const REPORTS: Partial<Record<ActivityName, string>> = {
  reportTraining: 'training',
  reportCheck: 'drift',
  pushSnapshot: 'snapshot',
};

/** The same activities, which also measure themselves. A metric that cannot be told never fails an activity. */
export function observeActivities(activities: Activities, context: FindingsContext): Activities {
  const observed = Object.entries(activities).map(
    ([name, run]) => [name, observe(name as ActivityName, run as Run, context)] as const,
  );
  return Object.fromEntries(observed) as unknown as Activities; // the same functions under the same names
}

function observe(activity: ActivityName, run: Run, context: FindingsContext): Run {
  const stage = STAGE_OF[activity];
  return async (input) => {
    const model = modelOf(input);
    const startedAt = performance.now();
    const tell = (outcome: 'done' | 'failed') => {
      const seconds = (performance.now() - startedAt) / 1000;
      context.metrics('mlops_stage_duration_seconds', seconds, { model, stage, activity, outcome });
    };
    let result: unknown;
    try {
      result = await run(input);
    } catch (error) {
      tell('failed');
      const kind = REPORTS[activity];
      if (kind !== undefined) context.metrics('mlops_reports_failed_total', 1, { model, kind });
      throw error;
    }
    tell('done');
    try {
      const find = FINDINGS[activity] as ((...reported: unknown[]) => void | Promise<void>) | undefined; // name and input match
      await find?.(context, result, input);
    } catch (error) {
      log.warn('Metrics of a step could not be told', { error });
    }
    return result;
  };
}

/** Inputs name their model in one of four places. */
function modelOf(input: unknown): string {
  const { definition, model, place, input: inner } = (input ?? {}) as Record<string, unknown>;
  if (inner !== undefined) return modelOf(inner);
  if (definition !== undefined || place !== undefined) return modelOf(definition ?? place);
  if (typeof model === 'string') return model;
  const { name } = (model ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}
