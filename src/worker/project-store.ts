import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { patiently } from '../client/patience.js';
import { PipelineFailure, type FailureType } from '../contracts/failures.js';
import { type Project, STORE_HEADER } from '../contracts/names.js';

/** Pause before the store is asked again; it doubles with every try, up to the longest. */
const AGAIN_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * What a worker is of, as soon as its store can be read; until then it says what it waits for and how often that was tried.
 * @param place home or bucket
 * @param pause waits so many milliseconds
 * @throws PipelineFailure that no further try mends
 */
export async function waitForStore(
  place: string,
  open: () => Promise<Project>,
  say: (line: string) => void,
  pause: (milliseconds: number) => Promise<unknown> = delay,
): Promise<Project> {
  for (let tries = 1; ; tries++)
    try {
      return await patiently(`the store in ${place}`, open(), say);
    } catch (error) {
      if (error instanceof PipelineFailure) throw error;
      const milliseconds = Math.min(LONGEST_PAUSE_MS, AGAIN_MS * 2 ** (tries - 1));
      const why = error instanceof Error ? error.message : String(error);
      say(
        `Waiting for the store in ${place}, tried ${tries === 1 ? 'once' : `${tries} times`}, next try in ${milliseconds / 1000} s: ${why}`,
      );
      await pause(milliseconds);
    }
}

/** Digits of a store's id shown to people. */
const SHOWN = 8;

const TYPE: FailureType = 'StoreMismatch';

/**
 * Lets a worker do the work of its own store alone: what another project's run would read is not there, and what it would
 * write belongs elsewhere.
 * @param place home or bucket of the worker's store
 */
export function guardStore({ store, taskQueue }: Project, place: string): ActivityInboundCallsInterceptor {
  return {
    execute(input, next) {
      const header = input.headers[STORE_HEADER];
      const asked: unknown = header === undefined ? null : defaultPayloadConverter.fromPayload(header);
      if (asked === store) return next(input);
      const whose =
        typeof asked === 'string' ? `is of the store ${asked.slice(0, SHOWN)}` : 'does not say of which store it is';
      throw ApplicationFailure.nonRetryable(
        `This run ${whose}, and the worker that listens on task queue ${taskQueue} keeps ${store.slice(0, SHOWN)} in ${place}: ` +
          'give each project a task queue of its own with MLOPS_TASK_QUEUE, or point command and worker at the same home or bucket.',
        TYPE,
      );
    },
  };
}
