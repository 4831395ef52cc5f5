import {
  type ScheduleClient,
  ScheduleAlreadyRunning,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Schedules, ScheduleWish } from './schedules.js';

const MODEL = defineSearchAttributeKey('Model', SearchAttributeType.KEYWORD);

/** Schedules of a Temporal namespace, whose runs go to one task queue. */
export function createTemporalSchedules(client: ScheduleClient, taskQueue: string): Schedules {
  /** `null` when there is no such schedule. */
  const known = async <T>(id: string, act: (handle: ScheduleHandle) => Promise<T>): Promise<T | null> => {
    try {
      return await act(client.getHandle(id));
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  };

  return {
    async ensure(wish) {
      const options = optionsOf(wish, taskQueue);
      const change = () =>
        known(wish.id, async (handle) => {
          await handle.update(({ state }) => ({ ...options, state }));
          return true;
        });
      if (await change()) return;
      const typedSearchAttributes = [{ key: MODEL, value: wish.model }];
      const memo = { summary: wish.summary };
      try {
        await client.create({ scheduleId: wish.id, ...options, memo, typedSearchAttributes });
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
  };
}

const optionsOf = (wish: ScheduleWish, taskQueue: string) => ({
  spec:
    wish.everyMinutes === null
      ? {}
      : { intervals: [{ every: wish.everyMinutes * 60_000 }], jitter: wish.jitterSeconds * 1000 },
  action: {
    type: 'startWorkflow' as const,
    workflowType: wish.workflowType,
    workflowId: wish.workflowId,
    taskQueue,
    args: wish.args,
    staticSummary: wish.summary,
  },
  policies: {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: wish.catchupMinutes * 60_000,
    pauseOnFailure: wish.pauseOnFailure,
  },
});
