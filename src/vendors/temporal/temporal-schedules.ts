import { setTimeout as delay } from 'node:timers/promises';
import {
  type ScheduleClient,
  type ScheduleDescription,
  ScheduleAlreadyRunning,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { PipelineFailure } from '../../contracts/failures.js';
import { ownId, type Project } from '../../contracts/names.js';
import type { Schedules, ScheduleSpec } from './schedules.js';

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
