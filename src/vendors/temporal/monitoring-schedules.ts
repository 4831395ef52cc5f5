import type { Definition } from '../../contracts/definition.js';
import { CATCH_UP_INTERVALS, type CheckInput, type RetrainInput } from '../../contracts/monitoring.js';
import { CHECK_DRIFT, driftSchedule, RETRAIN, retrainSchedule } from '../../contracts/pipeline.js';
import type { ScheduleSpec } from './schedules.js';

const MINUTES_PER_DAY = 24 * 60;

/**
 * The schedules of a deployed model: its drift checks, and its retraining. The latter is there also when the definition
 * plans none, because its pause holds back every retraining and people can start one from it.
 */
export function schedulesOf(definition: Definition, store: string): [check: ScheduleSpec, retrain: ScheduleSpec] {
  const { model, monitoring } = definition;
  const check: CheckInput = { store, definition, mode: 'scheduled', to: null, windowMinutes: null };
  const retrain: RetrainInput = { store, definition, cause: 'schedule' };
  const { everyMinutes, jitterSeconds, retraining } = monitoring;
  const retrainMinutes = retraining.everyDays === null ? null : retraining.everyDays * MINUTES_PER_DAY;
  return [
    {
      id: driftSchedule(definition),
      summary: `Check ${model} for drift`,
      workflowType: CHECK_DRIFT,
      workflowId: driftSchedule(definition),
      args: [check],
      model,
      everyMinutes,
      jitterSeconds,
      catchupMinutes: CATCH_UP_INTERVALS * everyMinutes,
      pauseOnFailure: false,
    },
    {
      id: retrainSchedule(definition),
      summary: `Retrain ${model}`,
      workflowType: RETRAIN,
      workflowId: retrainSchedule(definition),
      args: [retrain],
      model,
      everyMinutes: retrainMinutes,
      jitterSeconds,
      catchupMinutes: MINUTES_PER_DAY,
      pauseOnFailure: true,
    },
  ];
}
