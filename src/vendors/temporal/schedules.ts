import type { Definition } from '../../contracts/definition.js';
import { CATCH_UP_INTERVALS, type CheckInput, type RetrainInput } from '../../contracts/monitoring.js';
import { CHECK_DRIFT, driftSchedule, RETRAIN, retrainSchedule } from '../../contracts/names.js';

/** A schedule as it should be. */
export interface ScheduleSpec {
  id: string;
  /** What people read in the Web UI's list. */
  summary: string;
  workflowType: string;
  /** Runs are named after it, with the scheduled time behind. */
  workflowId: string;
  args: unknown[];
  model: string;
  /** Minutes between runs; `null` for one that only people start. */
  everyMinutes: number | null;
  /** A run starts up to so many seconds late. */
  jitterSeconds: number;
  /** Runs that were due longer ago than this, because the server was down, are not caught up. */
  catchupMinutes: number;
  /** Whether a failed run pauses it. */
  pauseOnFailure: boolean;
}

/** Schedules of one project in the orchestrator, which are known there by longer ids. Every call may be repeated without a second effect. */
export interface Schedules {
  /**
   * Makes a schedule, or changes one to be like this; a pause is kept. Runs never overlap: the next one is skipped.
   * @throws PipelineFailure `StoreMismatch` when another store has one of this id
   */
  ensure(spec: ScheduleSpec): Promise<void>;
  /** A schedule that does not exist is no mistake. */
  remove(id: string): Promise<void>;
  /** A schedule that does not exist cannot be paused. */
  pause(id: string, note: string): Promise<void>;
  /** Why it is paused, `null` when it is not. */
  pauseNote(id: string): Promise<string | null>;
  /** Whether a run, `<workflow id>/<run id>`, that goes on is one that the schedule itself started for this store. */
  hasStarted(id: string, run: string): Promise<boolean>;
}

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
