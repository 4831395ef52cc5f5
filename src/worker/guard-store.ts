import { ApplicationFailure } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { FailureType } from '../contracts/failures.js';
import { type Project, STORE_HEADER } from '../contracts/names.js';

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
