import {
  type ScheduleClient,
  type ScheduleDescription,
  ScheduleAlreadyRunning,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Definition } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { CATCH_UP_INTERVALS, type CheckInput, type RetrainInput } from '../../contracts/monitoring.js';
import { CHECK_DRIFT, driftSchedule, RETRAIN, retrainSchedule, ownId, type Project } from '../../contracts/names.js';

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

const MODEL = defineSearchAttributeKey('Model', SearchAttributeType.KEYWORD);

/** The store in a schedule's memo. */
const STORE = 'store';

/** The server writes down what a schedule started after it did: so often it is asked, and after such pauses. */
const LOOKS = 5;
const AGAIN_MS = 500;

/** Schedules of one project in a Temporal namespace, by ids of its own; its runs go to its task queue. */
export function createTemporalSchedules(client: ScheduleClient, project: Project): Schedules {
  const { taskQueue, store } = project;
  /** `null` when there is no such schedule. */
  const known = async <T>(id: string, act: (handle: ScheduleHandle) => Promise<T>): Promise<T | null> => {
    try {
      return await act(client.getHandle(ownId(id, taskQueue)));
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  };

  return {
    async ensure(spec) {
      const options = optionsOf(spec, taskQueue);
      const change = () =>
        known(spec.id, async (handle) => {
          const { memo } = await handle.describe();
          if (memo?.[STORE] !== store) throw anothers(handle.scheduleId, taskQueue);
          await handle.update(({ state }) => ({ ...options, state }));
          return true;
        });
      if (await change()) return;
      const typedSearchAttributes = [{ key: MODEL, value: spec.model }];
      const memo = { summary: spec.summary, [STORE]: store };
      try {
        await client.create({ scheduleId: ownId(spec.id, taskQueue), ...options, memo, typedSearchAttributes });
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        await change(); // made by another in between
      }
    },

    async remove(id) {
      await known(id, (handle) => handle.delete());
    },

    async pause(id, note) {
      await known(id, (handle) => handle.pause(note));
    },

    pauseNote: (id) =>
      known(id, async (handle) => {
        const { paused, note } = (await handle.describe()).state;
        return paused ? (note ?? '') : null;
      }),

    async hasStarted(id, run) {
      for (let look = 1; ; look++) {
        const found = await known(id, async (handle) => {
          const { memo, info } = await handle.describe();
          return memo?.[STORE] === store && startedBy(info).includes(run);
        });
        if (found === true || look === LOOKS) return found === true;
        await delay(AGAIN_MS);
      }
    },
  };
}

/** The latest runs of a schedule, and those that go on: all that the server keeps, so that a run may be looked for while it is young. */
const startedBy = ({ recentActions, runningActions }: ScheduleDescription['info']): string[] =>
  [...recentActions.map(({ action }) => action), ...runningActions].map(
    ({ workflow }) => `${workflow.workflowId}/${workflow.firstExecutionRunId}`,
  );

const anothers = (id: string, taskQueue: string) =>
  new PipelineFailure(
    'StoreMismatch',
    `The schedule ${id} is another store's: two projects share the task queue ${taskQueue}; give each one of its own with MLOPS_TASK_QUEUE, or delete the schedule if its store is gone.`,
  );

const optionsOf = (spec: ScheduleSpec, taskQueue: string) => ({
  spec:
    spec.everyMinutes === null
      ? {}
      : { intervals: [{ every: spec.everyMinutes * 60_000 }], jitter: spec.jitterSeconds * 1000 },
  action: {
    type: 'startWorkflow' as const,
    workflowType: spec.workflowType,
    workflowId: ownId(spec.workflowId, taskQueue),
    taskQueue,
    args: spec.args,
    staticSummary: spec.summary,
  },
  policies: {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: spec.catchupMinutes * 60_000,
    pauseOnFailure: spec.pauseOnFailure,
  },
});
